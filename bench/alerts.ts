/**
 * From the end of a run upstream until somebody could read of it: the local run, asking once a minute and
 * within it as a deployment does, beside a poller that asks for each run every 5 s. Both watch the same
 * runs over HTTP, for as long as it takes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createStatusEndpoint } from '../functions/adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../functions/adapters/itwin/logs-endpoint.ts';
import { isTerminal } from '../functions/core/jobs/states.ts';
import type { JobRef } from '../functions/core/kinds/kinds.ts';
import { MINUTE, SECOND } from '../functions/core/time.ts';
import { startItwinSimulator } from '../local/itwin-simulator/server.ts';
import { quantile } from './harness/rounds.ts';
import { markdownTable } from './report/table.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } });
const minutes = Number(values.minutes);
if (!(minutes >= 0.5)) {
  console.error('Usage: npm run bench:alerts -- [--minutes <for how long runs end, 0.5 or more>]');
  process.exit(2);
}

/** Runs of a watched iModel, and runs that are registered: with its list eleven requests a sweep. */
const [LISTED, REGISTERED] = [50, 10];
const IMODEL_ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
/** Until a sweep has found that the runs are under way: the first comes when none is there. */
const SETTLING = 70 * SECOND;
const POLL = 5 * SECOND;
const PATIENCE = 2 * MINUTE;

/** A run, and when it ends (ms since the epoch). */
interface Run {
  readonly job: JobRef;
  readonly endsAt: number;
}

const ACCESS_TOKEN = 'poller';
const simulator = await startItwinSimulator({ accessToken: ACCESS_TOKEN });
const monitor = spawn(process.execPath, ['local/start.mjs'], {
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    QUIET: 'true',
    SWEEP_SECONDS: '60',
    ITWIN_API_URL: simulator.url,
    ITWIN_TOKEN_URL: simulator.tokenUrl,
    ITWIN_CLIENT_ID: simulator.clientId,
    ITWIN_CLIENT_SECRET: simulator.clientSecret,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await addressOf();
  const runs = await begin(url);
  const polled = await Promise.all(runs.map(poll));
  const told = await alertDelays(url, runs);
  const pollerRequests = polled.reduce((sum, { requests }) => sum + requests, 0);
  const ownRequests = simulator.requests.list().length - pollerRequests;
  console.log(
    markdownTable(
      ['', 'runs', 'p50, s', 'p95, s', 'requests'],
      [
        row('this monitor', told, ownRequests),
        row(
          'a poll every 5 s for each run',
          polled.map(({ delay }) => delay),
          pollerRequests,
        ),
      ],
    ),
  );
  if (told.length < runs.length) process.exitCode = 1;
} finally {
  monitor.kill('SIGINT');
  await once(monitor, 'exit');
  await simulator.close();
}

/** Where the API of the local run answers. */
async function addressOf(): Promise<string> {
  for await (const line of createInterface({ input: monitor.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('The local run ended before it said where it answers.');
}

/** Begins all runs, half of which fail, with logs, and has them watched. */
async function begin(url: string): Promise<readonly Run[]> {
  const headers = { 'content-type': 'application/json' };
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  simulator.addIModel({ id: IMODEL_ID, displayName: 'Benchmark' });
  await send('PUT', `/imodels/${IMODEL_ID}`, {});
  const runs: Run[] = [];
  for (let n = 0; n < LISTED + REGISTERED; n += 1) {
    const isListed = n < LISTED;
    const lasts = SETTLING + Math.random() * minutes * MINUTE;
    const jobId = simulator.addRun({
      ...(isListed && { iModelId: IMODEL_ID }),
      steps: [
        { answer: { state: 'Running', reason: 'Not completed yet.' }, forMs: lasts },
        {
          answer:
            n % 2 === 0
              ? { state: 'Failed', reason: 'Broken query.', containsIssues: true }
              : { state: 'Succeeded', reason: 'Completed' },
        },
      ],
    });
    const job = isListed
      ? ({ jobId, kind: 'grouping-and-mapping-extraction' } as const)
      : { jobId };
    runs.push({ job, endsAt: Date.now() + lasts });
    if (!isListed) await send('POST', '/jobs', { jobId });
  }
  return runs;
}

/** Polls one run, and reads its logs when it has ended. */
async function poll({ job, endsAt }: Run): Promise<{ delay: number; requests: number }> {
  const api = { apiUrl: simulator.url, now: Date.now };
  const status = createStatusEndpoint(api);
  const logs = createLogsEndpoint(api);
  await sleep(Math.random() * POLL);
  for (let requests = 1; ; requests += 1) {
    const signal = AbortSignal.timeout(POLL);
    const answer = await status.ask(job, ACCESS_TOKEN, signal);
    if (answer.kind === 'Status' && isTerminal(answer.state)) {
      await logs.ask(job, undefined, ACCESS_TOKEN, signal);
      return { delay: Date.now() - endsAt, requests: requests + 1 };
    }
    await sleep(POLL);
  }
}

/** How long (ms) after the end of each run SNS took its alert; waits for all, but not for ever. */
async function alertDelays(url: string, runs: readonly Run[]): Promise<number[]> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const delays = await alertDelaysSoFar(url, runs);
    if (delays.length >= runs.length || Date.now() > deadline) return delays;
    await sleep(SECOND);
  }
}

async function alertDelaysSoFar(url: string, runs: readonly Run[]): Promise<number[]> {
  const ends = new Map(runs.map(({ job, endsAt }) => [job.jobId, endsAt]));
  const alerts = (await (await fetch(`${url}/local/alerts`)).json()) as readonly {
    readonly publishedAt: string;
    readonly default: string;
  }[];
  return alerts.flatMap(({ publishedAt, default: text }) => {
    const endsAt = ends.get(JSON.parse(text).jobId);
    return endsAt === undefined ? [] : [Date.parse(publishedAt) - endsAt];
  });
}

function row(who: string, delays: readonly number[], requests: number): string[] {
  const seconds = (share: number) => (quantile(delays, share) / SECOND).toFixed(1);
  return [who, String(delays.length), seconds(0.5), seconds(0.95), requests.toLocaleString('en')];
}
