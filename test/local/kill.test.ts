import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isTerminal } from '../../functions/core/jobs/states.ts';
import { startItwinSimulator } from '../../local/itwin-simulator/server.ts';
import { type LocalProcess, startLocalProcess } from './support/local-run.ts';

/** How often the run is killed; `KILLS=50 npx vitest run test/local/kill.test.ts` for a long trial. */
const KILLS = Number(process.env.KILLS ?? 3);
/** The longest that one run lives (ms) between its start and its death. */
const LIFE = 3_000;
/** How long the last run may take (ms) for what the others left: each registers some forty jobs. */
const REST = { timeout: 60_000 + KILLS * 4_000, interval: 500 };

interface Job {
  readonly jobId: string;
  readonly state: string;
}
interface Alert {
  readonly default: string;
}

it(
  `loses nothing over ${KILLS} kill -9 under load`,
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const simulator = await startItwinSimulator({ accessToken: 'good' });
    onTestFinished(simulator.close);
    const start = () =>
      startLocalProcess({
        DATA_DIR: dataDir,
        ITWIN_API_URL: simulator.url,
        ITWIN_ACCESS_TOKEN: 'good',
        CHECKS_PER_MINUTE: '5000',
      });

    const acknowledged = new Set<string>();
    const ended = new Map<string, string>();
    const lives = fc.sample(fc.integer({ min: 0, max: LIFE }), KILLS);
    for (const life of lives) {
      const run = await start();
      const load = registerUntilItDies(run, simulator.addRun, acknowledged);
      await sleep(life);
      await rememberEnds(run, ended);
      await run.end('SIGKILL');
      await load;
    }

    const run = await start();
    await vi.waitUntil(
      async () => (await allJobs(run)).every(({ state }) => isTerminal(state)),
      REST,
    );
    const jobs = await allJobs(run);
    const states = new Map(jobs.map(({ jobId, state }) => [jobId, state]));
    expect([...acknowledged].filter((jobId) => !states.has(jobId))).toEqual([]);
    expect([...ended].filter(([jobId, state]) => states.get(jobId) !== state)).toEqual([]);
    await vi.waitUntil(async () => (await alertedJobs(run)).size === jobs.length, REST);
    console.info(
      `${KILLS} kills, ${acknowledged.size} jobs acknowledged, ${jobs.length} on record`,
    );
    expect(await run.end('SIGINT')).toBe(0);
  },
  120_000 + KILLS * 20_000,
);

/** Registers one job after another until the run no longer answers. */
async function registerUntilItDies(
  run: LocalProcess,
  addRun: Awaited<ReturnType<typeof startItwinSimulator>>['addRun'],
  acknowledged: Set<string>,
): Promise<void> {
  for (;;) {
    const jobId = addRun({
      jobId: randomUUID(),
      steps: [
        { answer: { state: 'Running' }, forMs: 1_000 },
        { answer: { state: 'Failed', reason: 'As planned.' } },
      ],
    });
    const response = await run.post('/jobs', { jobId }).catch(() => undefined);
    if (!response) return;
    if (response.ok) acknowledged.add(jobId);
    await sleep(20);
  }
}

async function rememberEnds(run: LocalProcess, ended: Map<string, string>): Promise<void> {
  for (const { jobId, state } of await allJobs(run)) {
    if (isTerminal(state)) ended.set(jobId, state);
  }
}

async function allJobs(run: LocalProcess): Promise<Job[]> {
  const all: Job[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: { jobs: Job[]; cursor: string | null } = await run.get(`/jobs?limit=100${query}`);
    all.push(...page.jobs);
    cursor = page.cursor;
  }
  return all;
}

async function alertedJobs(run: LocalProcess): Promise<Set<string>> {
  const alerts = await run.get<Alert[]>('/local/alerts');
  return new Set(alerts.map((alert) => JSON.parse(alert.default).jobId));
}
