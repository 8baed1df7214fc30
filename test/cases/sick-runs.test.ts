import { createServer, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../functions/adapters/itwin/access-tokens.ts';
import { createStatusEndpoint } from '../../functions/adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../../functions/adapters/itwin/logs-endpoint.ts';
import { isTerminal } from '../../functions/core/jobs/states.ts';
import { HOUR, MINUTE } from '../../functions/core/time.ts';
import type { SweepPorts } from '../../functions/monitor/context.ts';
import { listenFor } from '../../local/listen.ts';
import { createWorld, type World } from '../functions/monitor/support/world.ts';

/** How a run answers: as the healthy ones do, or badly and for good. */
type Health = 'Healthy' | 'Limited' | 'Hanging' | 'Broken' | 'Unauthorized';

/** An upstream of its own: node's HTTP server, and what it is asked about. */
interface OwnUpstream {
  readonly health: Map<string, Health>;
  /** When healthy runs end (ms since the epoch); the others go on running. */
  readonly endsAt: Map<string, number>;
  readonly ports: Pick<SweepPorts, 'status' | 'runLogs' | 'tokens'>;
  stop(): void;
}

/** How long one that never answers is waited for (ms of real time): it would answer no later either. */
const PATIENCE = 50;

async function startUpstream(now: () => number): Promise<OwnUpstream> {
  const health = new Map<string, Health>();
  const endsAt = new Map<string, number>();

  function answerAbout(jobId: string, response: ServerResponse): void {
    switch (health.get(jobId)) {
      case 'Limited':
        response.writeHead(429, { 'Retry-After': '3' }).end();
        return;
      case 'Hanging':
        return;
      case 'Broken':
        response.writeHead(500, { 'Content-Type': 'text/plain' }).end('Internal error');
        return;
      case 'Unauthorized':
        response.writeHead(401).end('{}');
        return;
      default: {
        const isOver = now() >= (endsAt.get(jobId) ?? Number.POSITIVE_INFINITY);
        response.end(JSON.stringify({ status: { state: isOver ? 'Succeeded' : 'Running' } }));
      }
    }
  }

  const server = createServer((request, response) => {
    const jobId = /([0-9a-f-]{36})$/.exec(request.url ?? '')?.[1];
    if (jobId) answerAbout(jobId, response);
    else response.end('{"access_token":"good","token_type":"Bearer","expires_in":3600}');
    request.resume();
  });
  const apiUrl = await listenFor(server);
  const patient = createStatusEndpoint({ apiUrl, now });
  // With so little time for all, a busy machine would answer too late for a healthy run.
  const hasty = createStatusEndpoint({ apiUrl, now, timeoutMs: PATIENCE });
  const credentials = { clientId: 'client', clientSecret: 'secret', version: '1' };
  return {
    health,
    endsAt,
    ports: {
      status: {
        ask: (job, ...how) =>
          (health.get(job.jobId) === 'Hanging' ? hasty : patient).ask(job, ...how),
      },
      runLogs: createLogsEndpoint({ apiUrl, now }),
      tokens: createClientCredentialsTokens({
        tokenUrl: `${apiUrl}/token`,
        credentials: { read: async () => credentials, version: async () => '1' },
        now,
      }),
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const SICK: readonly Health[] = [
  'Limited',
  ...Array<Health>(12).fill('Hanging'),
  ...Array<Health>(12).fill('Broken'),
  ...Array<Health>(3).fill('Unauthorized'),
];

/** Puts the sick and 100 healthy jobs on record, in this order; half of the healthy ones end soon. */
async function register(world: World, upstream: OwnUpstream, order: 'first' | 'scattered') {
  const { clock } = world;
  const timeoutAt = clock.now() + 10 * MINUTE;
  const each = order === 'first' ? 1 : 4;
  for (let n = 0; n < 100 + SICK.length; n += 1) {
    const sick = n % each === 0 ? SICK[n / each] : undefined;
    const jobId = await world.register({ state: 'Running', ...(sick && { timeoutAt }) });
    upstream.health.set(jobId, sick ?? 'Healthy');
    // At a time between two sweeps, so that none is found by chance at once.
    if (!sick && n % 2 === 0) upstream.endsAt.set(jobId, clock.now() + (n % 8) * MINUTE + 1);
  }
}

/** Which of the ends that there were two passes ago are not yet on record. */
async function overlooked(world: World, { endsAt }: OwnUpstream, since: number): Promise<string[]> {
  const due = [...endsAt].filter(([, at]) => at < since).map(([jobId]) => jobId);
  const jobs = await Promise.all(due.map(world.job));
  return jobs.filter(({ state }) => !isTerminal(state)).map(({ jobId }) => jobId);
}

describe('one run limited, twelve hanging, twelve broken, three refused', () => {
  it.each([
    ['before all others, with budget for all', 'first', 5_000, 'memory'],
    ['before all others, with budget for a part', 'first', 60, 'memory'],
    ['among the others, with budget for all', 'scattered', 5_000, 'memory'],
    ['among the others, with budget for a part', 'scattered', 60, 'DynamoDB'],
  ] as const)(
    'hold up no other run: %s',
    async (_, order, checksPerMinute, tables) => {
      await using world = await createWorld({ tables });
      const upstream = await startUpstream(world.clock.now);
      try {
        await register(world, upstream, order);
        const passesFrom: number[] = [world.clock.now()];
        let isPassNew = false;
        for (let n = 0; n < 14; n += 1) {
          const from = world.clock.now();
          const { passesCompleted } = await world.sweep({ checksPerMinute }, upstream.ports);
          if (isPassNew) passesFrom.push(from);
          isPassNew = passesCompleted > 0;
          world.clock.advance(MINUTE);
          // What ended before the last two passes began has been found by them.
          const since = isPassNew ? (passesFrom.at(-2) ?? 0) : 0;
          expect(await overlooked(world, upstream, since)).toEqual([]);
        }
        expect(passesFrom.length).toBeGreaterThan(2);

        await world.sweepFor(2 * HOUR, { checksPerMinute, every: 8 * MINUTE }, upstream.ports);
        const states = new Map<Health, Set<string>>();
        for (const [jobId, health] of upstream.health) {
          const { state } = await world.job(jobId);
          states.set(health, (states.get(health) ?? new Set()).add(state));
        }
        const timedOut = new Set(['TimedOut']);
        expect(Object.fromEntries(states)).toEqual({
          Healthy: new Set(['Running', 'Succeeded']),
          Limited: timedOut,
          Hanging: timedOut,
          Broken: timedOut,
          Unauthorized: timedOut,
        });
      } finally {
        upstream.stop();
      }
    },
    120_000,
  );
});
