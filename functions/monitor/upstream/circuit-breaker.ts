import { type CredentialsFault, CredentialsRefused, type TokenFault } from '../../core/errors.ts';
import type { Api } from '../../core/kinds/kind.ts';
import type { TimeSource } from '../../core/ports.ts';
import { CAUSES, type Cause } from '../../core/sweeps/causes.ts';
import { type Answerer, type Contact, withAnswer, withFailure } from '../../core/sweeps/faults.ts';
import { backoff, MAX_WAIT, type Pause, type PauseReason } from '../../core/sweeps/pause.ts';
import { isAhead, SECOND } from '../../core/time.ts';
import type { SweepContext } from '../context.ts';
import type { Lease } from '../lease.ts';

/**
 * Stops the requests of a sweep, and those of the sweeps to come, when upstream is not well. Once
 * open it stays so for the rest of the sweep.
 */
export interface CircuitBreaker {
  readonly isOpen: boolean;
  /** A limit that is not one run's alone: no request before `retryAt` (ms since the epoch). */
  rateLimited(retryAt: number, cause?: Cause): Promise<void>;
  /** Upstream says that it is down until then (ms since the epoch). */
  busy(until: number): Promise<void>;
  /**
   * A fault that speaks of upstream as a whole: 1 min, doubling up to 15.
   *
   * @param cause what it comes of, where that is known
   */
  trip(reason: Exclude<PauseReason, 'RateLimited'>, cause?: Cause): Promise<void>;
  /** There is no access token to ask with: a fault of the credentials, or of upstream. */
  noToken(error: TokenFault): Promise<void>;
  /** A 200 of a run or a list: whatever pauses there were, the next one starts again at 1 min. */
  upstreamAnswered(): void;
  /** Whether there was one in this sweep. */
  readonly hasAnswered: boolean;
  /** The longest pause this sweep has called for, and how many there were in a row, this one included. */
  readonly standing: { readonly pause: Pause | undefined; readonly pauseCount: number };
}

const COUNTERS = {
  CredentialsRefused: 'credentialsRefused',
  UpstreamDown: 'upstreamDown',
  UpstreamFault: 'upstreamFaults',
} as const;

/** What the log says, in words for whoever has to do something about it. */
const MESSAGES: Readonly<Record<PauseReason, string>> = {
  RateLimited: 'Upstream limits our requests, so none leaves for a while',
  CredentialsRefused: 'Upstream refuses our credentials, so no requests before there are good ones',
  UpstreamDown: 'Upstream is down, so no requests for a while',
  UpstreamFault:
    'All runs are missing at once, which looks like a fault of upstream: no requests for a while',
};

/** What stands against a token, as health and notices tell it apart. */
const CAUSE_OF = {
  NotFilledIn: 'CredentialsMissing',
  Unreadable: 'CredentialsUnreadable',
  Refused: 'CredentialsRefused',
} as const satisfies Readonly<Record<CredentialsFault, Cause>>;

/**
 * The longer pause counts. But one over refused credentials ends as soon as there are others, and what
 * a 429 asks for must be kept even then.
 */
function outranks(next: Pause, current: Pause): boolean {
  if (current.reason === 'RateLimited' && next.reason === 'CredentialsRefused') return false;
  if (current.reason === 'CredentialsRefused' && next.reason === 'RateLimited') return true;
  return next.until > current.until;
}

/**
 * The circuit breaker of one sweep. Each fault counts once, however many checks meet it.
 *
 * @param isPaused whether a pause of an earlier sweep is in force: it is open from the beginning
 */
export function createCircuitBreaker(
  context: SweepContext,
  lease: Lease,
  contact: ContactLog,
  isPaused: boolean,
): CircuitBreaker {
  const { report, time, log } = context;
  const faults = new Set<PauseReason>();
  let isOpen = isPaused;
  let current: Pause | undefined;
  let recordedUntil = 0;
  let hasAnswered = false;
  const earlier = () => (hasAnswered ? 0 : lease.found.pauseCount);

  async function pauseFor(pause: Pause): Promise<void> {
    if (current && !outranks(pause, current)) return;
    current = pause;
    // Checks in flight meet the same limit within milliseconds of each other: one write says it all.
    if (Math.abs(pause.until - recordedUntil) < SECOND) return;
    recordedUntil = pause.until;
    log.warn(MESSAGES[pause.reason], { pause, ...CAUSES[pause.cause ?? pause.reason] });
    await lease.recordPause(pause);
  }

  const trip: CircuitBreaker['trip'] = async (reason, cause) => {
    if (faults.has(reason)) return;
    faults.add(reason);
    isOpen = true;
    report[COUNTERS[reason]] += 1;
    const pause = { until: time.now() + backoff(earlier()), reason, ...(cause && { cause }) };
    await pauseFor(reason === 'CredentialsRefused' ? await withCredentials(context, pause) : pause);
  };

  return {
    get isOpen() {
      return isOpen;
    },
    async rateLimited(retryAt, cause) {
      isOpen = true;
      report.rateLimited += 1;
      await pauseFor({ until: retryAt, reason: 'RateLimited', ...(cause && { cause }) });
    },
    async busy(until) {
      isOpen = true;
      // No doubling: it says itself when to come back, even if only one sick run is left to say so.
      if (!faults.has('UpstreamDown')) report.upstreamDown += 1;
      await pauseFor({ until, reason: 'UpstreamDown' });
    },
    trip,
    async noToken(error) {
      log.warn('There is no access token to ask with', { error });
      if (error instanceof CredentialsRefused) {
        return trip('CredentialsRefused', CAUSE_OF[error.why]);
      }
      contact.failed('tokens');
      await trip('UpstreamDown', 'TokenEndpointDown');
    },
    upstreamAnswered() {
      hasAnswered = true;
    },
    get hasAnswered() {
      return hasAnswered;
    },
    get standing() {
      return { pause: current, pauseCount: earlier() + (faults.size > 0 ? 1 : 0) };
    },
  };
}

/**
 * The pause that an earlier sweep called for, while it lasts. One over refused credentials ends at
 * once when there are others.
 */
export async function pauseInForce(
  context: SweepContext,
  pause: Pause | undefined,
): Promise<Pause | undefined> {
  if (!pause || !isAhead(pause.until, context.time.now(), MAX_WAIT)) return undefined;
  if (pause.reason !== 'CredentialsRefused') return pause;
  const version = await credentialsVersion(context);
  return version === undefined || version === pause.credentials ? pause : undefined;
}

/** The pause with the credentials that it is over, as far as they can be read. */
async function withCredentials(context: SweepContext, pause: Pause): Promise<Pause> {
  const credentials = await credentialsVersion(context);
  return { ...pause, ...(credentials !== undefined && { credentials }) };
}

/**
 * Which credentials there are now.
 *
 * @returns undefined when they cannot be read (the log says why): any that can be are a change
 */
async function credentialsVersion({
  tokens,
  log,
  signal,
}: Pick<SweepContext, 'tokens' | 'log' | 'signal'>): Promise<string | undefined> {
  try {
    return await tokens.credentialsVersion(signal);
  } catch (error) {
    log.warn('The credentials cannot be read', { error });
    return undefined;
  }
}

/** Keeps record of when upstream speaks to us, and since when it does not. */
export interface ContactLog {
  /** There is a token to ask with. */
  gotToken(): void;
  /**
   * An answer of any kind.
   *
   * @param alive the API, where a run of it got a 200
   */
  answered(by: Answerer, alive?: Api): void;
  /** No answer, or none of use. */
  failed(whose: Answerer): void;
  readonly current: Contact;
}

/** The record of one sweep, which goes on from that of the sweeps before it. */
export function createContactLog({ now }: TimeSource, found: Contact = {}): ContactLog {
  let current = found;
  return {
    gotToken() {
      current = { ...current, tokenAt: now() };
    },
    answered(by, alive) {
      current = withAnswer(current, by, ...(alive ? [alive] : []));
      if (alive) current = { ...current, answeredAt: { ...current.answeredAt, [alive]: now() } };
    },
    failed(whose) {
      current = withFailure(current, whose, now());
    },
    get current() {
      return current;
    },
  };
}
