import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListStep } from '../../../local/itwin-simulator/pages.ts';
import { startItwinSimulator } from '../../../local/itwin-simulator/server.ts';

/** A run of an iModel as upstream has it. Times: ms since the epoch. */
export interface UpstreamRun {
  readonly jobId: string;
  readonly state: string;
  readonly startedAt: number;
  /** When lists begin to show it. @default at once */
  readonly listedFrom?: number;
}

/** How the list of runs answers; by default newest first, on one page. */
export interface ListManners {
  readonly isShuffled?: boolean;
  /** The last of them is repeated. */
  readonly pageSizes?: readonly number[];
  /** Old words that it still has, by job id. */
  readonly states?: Readonly<Record<string, string>>;
  /** Runs that it has a second time at its end, by job id: with which word. */
  readonly repeated?: Readonly<Record<string, string>>;
  /** Answers 503. */
  readonly isDown?: boolean;
}

/** The Grouping and Mapping API with one iModel, as a test needs it. */
export interface TestUpstream extends AsyncDisposable {
  /** Where it is and how to get in, as the functions are told. */
  readonly environment: Readonly<Record<string, string>>;
  begin(run: UpstreamRun): void;
  set(jobId: string, state: string): void;
  list(manners: ListManners): void;
  /** How many requests it got since the last time: for lists of runs, and for one by its id. */
  asked(): { readonly lists: number; readonly statuses: number };
}

const DOWN = { kind: 'error', status: 503 } as const;
const KIND = 'grouping-and-mapping-extraction';

/** The simulator that the local run has. */
export async function startSimulated(iModelId: string): Promise<TestUpstream> {
  const simulator = await startItwinSimulator({ now: () => Date.now() });
  simulator.addIModel({ id: iModelId, displayName: 'Harbour' });
  return {
    environment: {
      ITWIN_API_URL: simulator.url,
      ITWIN_TOKEN_URL: simulator.tokenUrl,
      ITWIN_CLIENT_ID: simulator.clientId,
      ITWIN_CLIENT_SECRET: simulator.clientSecret,
    },
    begin({ jobId, state, startedAt, listedFrom = startedAt }) {
      simulator.addRun({
        jobId,
        iModelId,
        kinds: [KIND],
        startedMsAgo: Date.now() - startedAt,
        listedAfterMs: listedFrom - startedAt,
        steps: [{ answer: { state } }],
      });
    },
    set: (jobId, state) => simulator.setRun(jobId, { state }),
    list({ isShuffled, isDown, pageSizes, ...manners }) {
      const listing: ListStep['answer'] = {
        ...manners,
        ...(isShuffled && { order: 7 }),
        ...(pageSizes && { pageSizes: [...pageSizes] }),
      };
      simulator.setList(iModelId, [{ answer: isDown ? DOWN : listing }]);
    },
    asked() {
      const count = (of: 'list' | 'status') => simulator.requests.list(of).length;
      const asked = { lists: count('list'), statuses: count('status') };
      simulator.requests.clear();
      return asked;
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

const EXTRACTIONS = '/grouping-and-mapping/datasources/imodel-mappings/extractions';
const TOKEN = 'a-token-of-the-other-upstream';

/** An upstream that was written from the documentation for tests alone: it shares no code with ours. */
export async function startForeign(iModelId: string): Promise<TestUpstream> {
  const runs = new Map<string, UpstreamRun>();
  let manners: ListManners = {};
  let asked = { lists: 0, statuses: 0 };
  let origin = '';

  function answer({ url = '', headers }: IncomingMessage): { status: number; body: object } {
    const { pathname, searchParams } = new URL(url, origin);
    if (pathname === '/connect/token') {
      return { status: 200, body: { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 } };
    }
    if (headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'Unauthorized');
    if (headers.accept !== 'application/vnd.bentley.itwin-platform.v1+json') {
      return refusal(406, 'NotAcceptable');
    }
    if (pathname === EXTRACTIONS) {
      asked = { ...asked, lists: asked.lists + 1 };
      if (manners.isDown) return refusal(503, 'ServiceUnavailable');
      if (searchParams.get('iModelId') !== iModelId) return refusal(404, 'iModelNotFound');
      return { status: 200, body: page(searchParams.get('$continuationToken')) };
    }
    const [, jobId = ''] =
      /^\/grouping-and-mapping\/.*\/extractions\/([^/]+)$/.exec(pathname) ?? [];
    const run = runs.get(jobId);
    if (!run) return refusal(404, 'ExtractionNotFound');
    asked = { ...asked, statuses: asked.statuses + 1 };
    return { status: 200, body: { extraction: item(run) } };
  }

  function item({ jobId, state, startedAt }: UpstreamRun) {
    const status = { href: `${origin}${EXTRACTIONS}/${jobId}` };
    const startedOn = new Date(startedAt).toISOString().replace(/\.\d+Z$/, '.0000000+00:00');
    return { id: jobId, state, startedOn, _links: { status } };
  }

  /** Tokens are opaque: where a page begins and its number, in base64. */
  function page(token: string | null) {
    const [start = 0, number = 0] = token ? atob(token).split('/').map(Number) : [];
    const { pageSizes = [100] } = manners;
    const all = listed();
    const end = start + (pageSizes[number] ?? pageSizes.at(-1) ?? 100);
    const next = `${origin}${EXTRACTIONS}/?iModelId=${iModelId}&$continuationToken=${btoa(`${end}/${number + 1}`)}`;
    return {
      extractions: all.slice(start, end),
      _links: { ...(end < all.length && { next: { href: next } }) },
    };
  }

  function listed() {
    const { states = {}, repeated = {}, isShuffled } = manners;
    const shown = [...runs.values()].filter(({ listedFrom = 0 }) => listedFrom <= Date.now());
    // Ids are random, so their last digits shuffle, each time alike.
    const key = ({ jobId }: UpstreamRun) => jobId.slice(-12);
    shown.sort((a, b) => (isShuffled ? key(a).localeCompare(key(b)) : b.startedAt - a.startedAt));
    return [
      ...shown.map((run) => item({ ...run, state: states[run.jobId] ?? run.state })),
      ...shown.flatMap((run) => {
        const state = repeated[run.jobId];
        return state === undefined ? [] : [item({ ...run, state })];
      }),
    ];
  }

  const server = createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      ITWIN_API_URL: origin,
      ITWIN_TOKEN_URL: `${origin}/connect/token`,
      ITWIN_CLIENT_ID: 'a-client',
      ITWIN_CLIENT_SECRET: 'its-secret',
    },
    begin: (run) => void runs.set(run.jobId, run),
    set(jobId, state) {
      const run = runs.get(jobId);
      if (run) runs.set(jobId, { ...run, state });
    },
    list(next) {
      manners = next;
    },
    asked() {
      const counted = asked;
      asked = { lists: 0, statuses: 0 };
      return counted;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refusal(status: number, code: string) {
  return { status, body: { error: { code, message: `${code}.` } } };
}
