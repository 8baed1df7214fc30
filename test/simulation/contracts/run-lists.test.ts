import type { ServerResponse } from 'node:http';
import { createRunLists } from '../../../functions/adapters/itwin/endpoints.ts';
import { startServer } from '../../functions/adapters/support/http-server.ts';
import type { FaultKind } from '../faults.ts';
import { createLists, pageBody, runListsOf } from '../stand-ins/run-lists.ts';
import { callAtOnce } from './call-at-once.ts';
import {
  describeRunLists,
  IMODEL_ID,
  type ListSituation,
  NOW,
  PAGE_SIZE,
  RUNS,
  TOKEN,
} from './run-lists-contract.ts';
import { chanceFor } from './wanted-chance.ts';

/** The fault by which the stand-in is brought into each situation. */
const FAULTS: Readonly<Partial<Record<ListSituation['kind'], FaultKind>>> = {
  NoRuns: 'list empty',
  NoSuchIModel: 'upstream 404',
  HiddenIModel: 'upstream 403',
  TokenRefused: 'upstream 401',
  Broken: 'upstream 5xx',
  Redirecting: 'upstream redirects',
  Silent: 'upstream hangs',
  Dropping: 'upstream drops the connection',
  Nonsense: 'upstream talks nonsense',
  Limiting: 'upstream 429',
  Busy: 'upstream 503 with retry-after',
  QuotaUsedUp: 'upstream 403 for the quota',
};

/** The statuses by which the HTTP server brings the adapter there. */
const STATUSES: Readonly<Partial<Record<ListSituation['kind'], number>>> = {
  NoSuchIModel: 404,
  HiddenIModel: 403,
  TokenRefused: 401,
  Broken: 502,
  Redirecting: 302,
  Limiting: 429,
  Busy: 503,
  QuotaUsedUp: 403,
};

const IMODEL = {
  iModelId: IMODEL_ID,
  order: 'newest first',
  pageSize: PAGE_SIZE,
  lag: 0,
  requests: [],
  history: [],
} as const;

describeRunLists('the stand-in', async () => {
  let situation: ListSituation = { kind: 'Broken' };
  let requests = 0;
  const plan = { jobs: RUNS, iModels: [IMODEL] };
  const lists = createLists(plan, {
    random: chanceFor(() => situation, 'Dropping'),
    now: () => NOW,
    strikes: (fault) => FAULTS[situation.kind] === fault,
    isOn: () => false,
    isTokenValid: (token) => token === TOKEN,
    retryAfter: [30, 86_400],
  });
  return {
    lists: runListsOf(lists, {
      call: callAtOnce,
      clock: () => NOW,
      onAsked: () => {
        requests += 1;
      },
      onAnswered: () => undefined,
    }),
    set(next) {
      situation = next;
    },
    requests: () => requests,
    stop: () => undefined,
  };
});

describeRunLists('the adapter on HTTP', async () => {
  const server = await startServer();
  const patient = createRunLists({ apiUrl: server.url, now: () => NOW });
  const hurried = createRunLists({ apiUrl: server.url, now: () => NOW, timeoutMs: 50 });
  let isSilent = false;

  function pageOf(url: URL): string {
    const source = url.pathname.includes('reporting') ? 'reporting' : 'grouping-and-mapping';
    const isFirst = !url.searchParams.has('$continuationToken');
    const shown = (isFirst ? RUNS.slice(0, PAGE_SIZE) : RUNS.slice(PAGE_SIZE)).map((run) => ({
      run,
      word: 'Running',
    }));
    const next = `${server.url}${url.pathname}/?$continuationToken=1`;
    return pageBody(source, shown, isFirst ? next : undefined);
  }

  function answer(response: ServerResponse, url: URL, situation: ListSituation): void {
    switch (situation.kind) {
      case 'Runs':
        response.end(pageOf(url));
        return;
      case 'NoRuns':
        response.end(pageBody('grouping-and-mapping', [], undefined));
        return;
      case 'Nonsense':
        response.end('<html>');
        return;
      case 'Dropping':
        response.socket?.destroy();
        return;
      case 'Silent':
        return;
      default: {
        const status = STATUSES[situation.kind] ?? 500;
        const retryAfter = 'header' in situation && { 'retry-after': situation.header };
        response.writeHead(status, { location: '/elsewhere', ...retryAfter }).end();
      }
    }
  }

  return {
    lists: { ask: (...asked) => (isSilent ? hurried : patient).ask(...asked) },
    set(situation) {
      isSilent = situation.kind === 'Silent';
      server.answer((request, response) => {
        const isGood = request.headers.authorization === `Bearer ${TOKEN}`;
        const url = new URL(request.url ?? '', server.url);
        answer(response, url, isGood ? situation : { kind: 'TokenRefused' });
      });
    },
    requests: () => server.requests.length,
    stop: () => server.stop(),
  };
});
