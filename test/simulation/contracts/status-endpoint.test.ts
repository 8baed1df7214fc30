import type { ServerResponse } from 'node:http';
import { createStatusEndpoint } from '../../../functions/adapters/itwin/endpoints.ts';
import { startServer } from '../../functions/adapters/support/http-server.ts';
import type { FaultKind } from '../faults.ts';
import { bodyOf, createUpstream, statusEndpointOf } from '../stand-ins/upstream.ts';
import { callAtOnce } from './call-at-once.ts';
import {
  describeStatusEndpoint,
  JOB_ID,
  NOW,
  type Situation,
  TOKEN,
} from './status-endpoint-contract.ts';
import { chanceFor } from './wanted-chance.ts';

/** The fault by which the stand-in is brought into each situation. */
const FAULTS: Readonly<Partial<Record<Situation['kind'], FaultKind>>> = {
  NoSuchRun: 'upstream 404',
  HiddenRun: 'upstream 403',
  TokenRefused: 'upstream 401',
  Broken: 'upstream 5xx',
  Redirecting: 'upstream redirects',
  Silent: 'upstream hangs',
  Dropping: 'upstream drops the connection',
  Unreachable: 'upstream drops the connection',
  Nonsense: 'upstream talks nonsense',
  Limiting: 'upstream 429',
  Busy: 'upstream 503 with retry-after',
  QuotaUsedUp: 'upstream 403 for the quota',
  Accepting: 'upstream 202',
};

/** The statuses by which the HTTP server brings the adapter there. */
const STATUSES: Readonly<Partial<Record<Situation['kind'], number>>> = {
  NoSuchRun: 404,
  HiddenRun: 403,
  TokenRefused: 401,
  Broken: 502,
  Redirecting: 302,
  Accepting: 202,
  Limiting: 429,
  Busy: 503,
  QuotaUsedUp: 403,
};

describeStatusEndpoint('the stand-in', async () => {
  let situation: Situation = { kind: 'Broken' };
  let requests = 0;
  const state = { states: [{ at: NOW, word: 'Queued' }] };
  const upstream = createUpstream([{ jobId: JOB_ID, script: state, requests: [] }], {
    random: chanceFor(() => situation, 'Dropping'),
    now: () => NOW,
    strikes: (fault) => FAULTS[situation.kind] === fault,
    isOn: () => false,
    isTokenValid: (token) => token === TOKEN,
    retryAfter: [30, 86_400],
  });
  return {
    endpoint: statusEndpointOf(upstream, {
      call: callAtOnce,
      clock: () => NOW,
      onAsked: () => {
        requests += 1;
      },
      onAnswered: () => undefined,
    }),
    async set(next) {
      situation = next;
      if (next.kind === 'State') state.states = [{ at: NOW, word: next.word }];
    },
    requests: () => requests,
    stop: () => undefined,
  };
});

describeStatusEndpoint('the adapter on HTTP', async () => {
  const server = await startServer();
  const patient = createStatusEndpoint({ apiUrl: server.url, now: () => NOW });
  const hurried = createStatusEndpoint({ apiUrl: server.url, now: () => NOW, timeoutMs: 50 });
  let isSilent = false;
  let isRunning = true;
  function stop(): void {
    if (isRunning) server.stop();
    isRunning = false;
  }

  function answer(response: ServerResponse, situation: Situation): void {
    switch (situation.kind) {
      case 'State':
        response.end(bodyOf(situation.word));
        return;
      case 'Nonsense':
        response.end(situation.body);
        return;
      case 'Limiting':
      case 'Busy':
      case 'QuotaUsedUp':
        response.writeHead(
          STATUSES[situation.kind] ?? 500,
          situation.header === null ? {} : { 'retry-after': situation.header },
        );
        response.end();
        return;
      case 'Dropping':
        response.socket?.destroy();
        return;
      case 'Silent':
        return;
      default:
        response.writeHead(STATUSES[situation.kind] ?? 500, { location: '/elsewhere' }).end();
    }
  }

  return {
    endpoint: { ask: (...asked) => (isSilent ? hurried : patient).ask(...asked) },
    async set(situation) {
      isSilent = situation.kind === 'Silent';
      if (situation.kind === 'Unreachable') stop();
      server.answer((request, response) => {
        const isGood = request.headers.authorization === `Bearer ${TOKEN}`;
        answer(response, isGood ? situation : { kind: 'TokenRefused' });
      });
    },
    requests: () => server.requests.length,
    stop,
  };
});
