import type { ServerResponse } from 'node:http';
import { createLogsEndpoint } from '../../../functions/adapters/itwin/logs-endpoint.ts';
import { startServer } from '../../functions/adapters/support/http-server.ts';
import type { FaultKind } from '../faults.ts';
import { createLogs, logsEndpointOf, pageOf } from '../stand-ins/logs.ts';
import { callAtOnce } from './call-at-once.ts';
import { describeLogsEndpoint, type LogsSituation, NOW, TOKEN } from './logs-endpoint-contract.ts';
import { chanceFor } from './wanted-chance.ts';

/** The fault by which the stand-in is brought into each situation. */
const FAULTS: Readonly<Partial<Record<LogsSituation['kind'], FaultKind>>> = {
  NoSuchRun: 'upstream 404',
  Broken: 'upstream 5xx',
  Silent: 'upstream hangs',
  Dropping: 'upstream drops the connection',
  Nonsense: 'upstream talks nonsense',
  Limiting: 'upstream 429',
};

/** The statuses by which the HTTP server brings the adapter there. */
const STATUSES: Readonly<Partial<Record<LogsSituation['kind'], number>>> = {
  NoSuchRun: 404,
  TokenRefused: 401,
  Broken: 502,
};

describeLogsEndpoint('the stand-in', async () => {
  let situation: LogsSituation = { kind: 'Broken' };
  let requests = 0;
  const logs = createLogs({
    random: chanceFor(() => situation, 'MorePages'),
    now: () => NOW,
    strikes: (fault) => FAULTS[situation.kind] === fault,
    isOn: () => false,
    isTokenValid: (token) => token === TOKEN && situation.kind !== 'TokenRefused',
    retryAfter: [30, 86_400],
  });
  return {
    endpoint: logsEndpointOf(logs, {
      call: callAtOnce,
      clock: () => NOW,
      onAsked: () => {
        requests += 1;
      },
      onRateLimited: () => undefined,
    }),
    set(next) {
      situation = next;
    },
    requests: () => requests,
    stop: () => undefined,
  };
});

describeLogsEndpoint('the adapter on HTTP', async () => {
  const server = await startServer();
  const patient = createLogsEndpoint({ apiUrl: server.url, now: () => NOW });
  const hurried = createLogsEndpoint({ apiUrl: server.url, now: () => NOW, timeoutMs: 50 });
  let isSilent = false;

  function answer(response: ServerResponse, situation: LogsSituation): void {
    switch (situation.kind) {
      case 'OnePage':
      case 'MorePages':
        response.end(JSON.stringify(pageOf(situation.kind === 'MorePages')));
        return;
      case 'Nonsense':
        response.end('<html>');
        return;
      case 'Limiting':
        if (situation.header !== null) response.setHeader('retry-after', situation.header);
        response.writeHead(429).end();
        return;
      case 'Dropping':
        response.socket?.destroy();
        return;
      case 'Silent':
        return;
      default:
        response.writeHead(STATUSES[situation.kind] ?? 500).end();
    }
  }

  return {
    endpoint: { ask: (...asked) => (isSilent ? hurried : patient).ask(...asked) },
    set(situation) {
      isSilent = situation.kind === 'Silent';
      server.answer((request, response) => {
        const isGood = request.headers.authorization === `Bearer ${TOKEN}`;
        answer(response, isGood ? situation : { kind: 'TokenRefused' });
      });
    },
    requests: () => server.requests.length,
    stop: () => server.stop(),
  };
});
