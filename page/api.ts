import { useEffect, useState } from 'preact/hooks';
import { createClient, type GatewayMessage, type Problem } from '../client/index.js';
import { accessToken, notLetIn } from './sign-in.ts';
import { createStore } from './store.ts';
import { now, setServerTime } from './time.tsx';

/** How often (ms) what is shown is asked for anew, and how often while nobody looks. */
const EVERY = 4_000;
const EVERY_HIDDEN = 60_000;

/** The longest wait (ms) for another try while there is no answer. */
const LONGEST_WAIT = 30_000;

/** The longest wait (ms) for an answer: the API itself takes up to 30 s. */
const LONGEST_SILENCE = 35_000;

/** The API did not do what was asked, and says why; or there was no answer. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  /** Undefined when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }

  /** Whether it is the server that fails, and not what was asked of it. */
  get isOutage(): boolean {
    return this.status === undefined || this.status === 429 || this.status >= 500;
  }
}

/** What the typed client makes of an answer. */
export interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
  /** How many requests it took, if not one: the next is so many times as late, and costs no more. */
  readonly requests?: number;
}

/** The last answer from an address, by its entity tag. */
const known = new Map<string, { readonly tag: string; readonly text: string }>();

/** How many of them are kept. */
const KEPT = 40;

/** The API that gave out this page, typed by its document. */
export const api = createClient({ baseUrl: new URL('.', location.href).href, fetch: send });

/** Sends the tag of the last answer along: when nothing is new, that one is the answer. */
async function send(request: Request): Promise<Response> {
  const kept = request.method === 'GET' ? known.get(request.url) : undefined;
  if (kept) request.headers.set('if-none-match', kept.tag);
  const token = accessToken();
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(request, {
    // What is kept is in memory alone: nothing of it on the disk of a browser.
    cache: 'no-store',
    // Else a server that takes requests and never answers leaves what is shown as it is, and nobody told.
    signal: AbortSignal.timeout(LONGEST_SILENCE),
  }).catch(() => {
    throw new Unanswered('There is no answer.');
  });
  if (response.status === 401) notLetIn();
  setServerTime(response.headers.get('date'));
  if (response.status === 304 && kept) {
    return new Response(kept.text, { headers: { etag: kept.tag } });
  }
  const tag = response.headers.get('etag');
  if (request.method === 'GET' && response.ok && tag)
    await keep(request.url, tag, response.clone());
  return response;
}

async function keep(url: string, tag: string, response: Response): Promise<void> {
  known.delete(url);
  known.set(url, { tag, text: await response.text() });
  const [oldest = ''] = known.keys();
  if (known.size > KEPT) known.delete(oldest);
}

/** Why there is no answer, or none that can be read. */
export function unanswered(error: unknown): Unanswered {
  return error instanceof Unanswered ? error : new Unanswered(`The answer is cut off. ${error}.`);
}

/**
 * What the API gave.
 *
 * @throws Unanswered with all that it said, when it gave nothing
 */
export function given<T>({ data, error, response }: Answer<T>): T {
  if (response.ok) return data as T;
  throw new Unanswered(reasonOf(error, response), response.status);
}

function reasonOf(error: unknown, { status }: Response): string {
  const said = (error ?? {}) as Partial<Problem & GatewayMessage>;
  const fields = (said.errors ?? []).map(
    (one) => `${'pointer' in one ? one.pointer.slice(1) : one.parameter} ${one.detail}`,
  );
  if (fields.length > 0) return `${fields.join('; ')}.`;
  return said.detail ?? said.title ?? said.message ?? `The server answers ${status}.`;
}

/** Since when there is no answer, and why; undefined while there are answers. */
export interface Outage {
  readonly since: number;
  readonly message: string;
}

/** Whether the server answers. */
export const outage = createStore<Outage | undefined>(undefined);

/** The polls that get no answer. */
const failing = new Map<object, Outage>();

function noteOutage(poll: object, error: Unanswered | undefined): void {
  if (error) {
    const since = failing.get(poll)?.since ?? now();
    failing.set(poll, { since, message: error.message });
  } else {
    failing.delete(poll);
  }
  const [first] = failing.values();
  if (first !== outage.get()) outage.set(first);
}

const polls = new Set<() => void>();

/** Asks for all that is shown at once: after something was done to it. */
export function refresh(): void {
  for (const poll of polls) poll();
}

/** What was asked for, as far as it came. */
export interface Polled<T> {
  /** Undefined before the first answer. */
  readonly data?: T;
  /** Why there is nothing; not while only the server fails. */
  readonly problem?: Unanswered;
}

/**
 * Asks again and again, less often while the page is hidden.
 *
 * @param key what is asked for: with another one it begins anew
 * @param every ms, while somebody looks
 */
export function usePoll<T>(key: string, ask: () => Promise<Answer<T>>, every = EVERY): Polled<T> {
  const [polled, setPolled] = useState<Polled<T> & { readonly key?: string }>({});
  useEffect(() => poll(ask, every, (result) => setPolled({ ...result, key })), [key]);
  return polled.key === key ? polled : {};
}

/** @returns what ends it */
function poll<T>(
  ask: () => Promise<Answer<T>>,
  every: number,
  onNews: (polled: Polled<T>) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tag: string | null = null;
  let failures = 0;
  let turn = 0;

  async function attempt(): Promise<void> {
    clearTimeout(timer);
    turn += 1;
    const own = turn;
    const isOver = () => own !== turn;
    let wait: number;
    try {
      const answer = await ask();
      const data = given(answer);
      if (isOver()) return;
      const news = answer.response.headers.get('etag');
      if (news === null || news !== tag) onNews({ data });
      tag = news;
      failures = 0;
      wait = Math.max(document.hidden ? EVERY_HIDDEN : 0, every * (answer.requests ?? 1));
      noteOutage(attempt, undefined);
    } catch (error) {
      if (isOver()) return;
      const problem = unanswered(error);
      noteOutage(attempt, problem.isOutage ? problem : undefined);
      if (!problem.isOutage) onNews({ problem });
      tag = null;
      failures += 1;
      wait = Math.min(LONGEST_WAIT, 1_000 * 1.5 ** failures);
    }
    timer = setTimeout(attempt, wait);
  }

  const whenVisible = () => {
    if (!document.hidden) void attempt();
  };
  void attempt();
  polls.add(attempt);
  document.addEventListener('visibilitychange', whenVisible);
  addEventListener('online', attempt);
  return () => {
    turn += 1;
    clearTimeout(timer);
    polls.delete(attempt);
    noteOutage(attempt, undefined);
    document.removeEventListener('visibilitychange', whenVisible);
    removeEventListener('online', attempt);
  };
}
