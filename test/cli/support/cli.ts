import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { runCli } from '../../../cli/run.ts';
import { createApi } from '../../../functions/api/create-api.ts';
import { applyChange } from '../../../functions/core/jobs/apply.ts';
import type { State } from '../../../functions/core/jobs/states.ts';
import { omit } from '../../../functions/core/objects.ts';
import { type Gateway, startGateway } from '../../../local/gateway/server.ts';
import { moved, registeredJob } from '../../functions/api/support/jobs.ts';
import { ITWIN_API_URL, startTestApi, type TestApi } from '../../functions/api/support/test-api.ts';
import { Pipe, type Terminal } from './terminal.ts';

/** How a command line ended, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test may say about where a command line is run. */
interface Where {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: Pipe | Terminal;
  readonly stderr?: Pipe;
  readonly signal?: AbortSignal;
}

/** Runs a command line in this process, into pipes unless told otherwise. */
export async function cli(args: readonly string[], where: Where = {}): Promise<Outcome> {
  const { env = {}, stdout = new Pipe(), stderr = new Pipe() } = where;
  const signal = where.signal ?? new AbortController().signal;
  const code = await runCli(args, { env, stdout, stderr, now: Date.now, signal });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** The API over HTTP on this machine. */
export interface HttpApi {
  readonly api: TestApi;
  readonly url: string;
  /** Method and status of each answer so far. */
  readonly answers: readonly string[];
  /** Runs a command line against it; times are in UTC. */
  run(...args: readonly string[]): Promise<Outcome>;
  /** Puts a job on record. @returns its id */
  put(...states: readonly State[]): Promise<string>;
  /** Brings a job to its next state. */
  move(jobId: string, state: State): Promise<void>;
  /** Upstream answers this status for a job, since its registration. */
  miss(jobId: string, status: 403 | 404): Promise<void>;
  /** Goes away: connections are refused from now on. */
  goAway(): Promise<void>;
  /** Comes back at the same address. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the API over HTTP, on tables of its own. */
export async function startHttpApi(): Promise<HttpApi> {
  const api = await startTestApi();
  const handler = createApi(api.ports, {
    admittedCallers: undefined,
    remindAfterMinutes: 0,
    apiUrl: ITWIN_API_URL,
  });
  const answers: string[] = [];
  const listen = (port: number) =>
    startGateway({
      port,
      async invoke(event) {
        const result = await handler(event, {} as Context);
        answers.push(`${event.requestContext.http.method} ${result.statusCode}`);
        return result;
      },
    });
  let gateway: Gateway | undefined = await listen(0);
  const { url } = gateway;
  const goAway = async () => {
    await gateway?.close();
    gateway = undefined;
  };
  const move = async (jobId: string, state: State) => {
    const job = await api.ports.jobs.get(jobId);
    if (job) {
      // The alert of an end is out at once.
      await api.ports.jobs.update(job, omit(moved(job, state, api.clock.now + 5_000), 'owed'));
    }
  };
  const miss = async (jobId: string, status: 403 | 404) => {
    const job = await api.ports.jobs.get(jobId);
    const missing = { since: api.clock.now, count: 1, status };
    if (job) {
      const change = applyChange(job, { kind: 'Missing', missing }, api.clock.now);
      await api.ports.jobs.update(job, change);
    }
  };
  return {
    api,
    url,
    answers,
    run: (...args) => cli([...args, '--url', url, '--utc']),
    async put(...states) {
      const jobId = randomUUID();
      await api.ports.jobs.add(registeredJob(jobId, api.clock.now));
      for (const state of states) await move(jobId, state);
      return jobId;
    },
    move,
    miss,
    goAway,
    async comeBack() {
      gateway = await listen(Number(new URL(url).port));
    },
    async close() {
      await goAway();
      await api.close();
    },
  };
}
