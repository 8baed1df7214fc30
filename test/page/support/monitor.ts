import { vi } from 'vitest';
import { type LocalProcess, startLocalProcess } from '../../local/support/local-run.ts';

/** How long (ms) to wait for what upstream takes seconds for. */
const WAIT = { timeout: 20_000, interval: 100 };

/** A run as the simulator takes it: the name of a scenario, or steps of its own. */
export type SimulatedRun = Readonly<Record<string, unknown>>;

/** A local run with its simulator, to look at in a browser. */
export interface Monitor extends Pick<LocalProcess, 'url' | 'post' | 'get' | 'signal'> {
  /** Lets upstream have a run, and has it watched. @returns its id */
  run(run: SimulatedRun, label: string): Promise<string>;
  /** Resolves once a job is in a state. */
  reaches(jobId: string, state: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one. */
export async function startMonitor(
  environment: Readonly<Record<string, string>> = {},
): Promise<Monitor> {
  let kill = () => {};
  const local = await startLocalProcess(environment, (end) => {
    kill = end;
  });
  const simulator = /watching +(\S+)/.exec(local.output())?.[1] ?? '';
  return {
    url: local.url,
    post: local.post,
    get: local.get,
    signal: local.signal,
    async run(run, label) {
      const response = await fetch(`${simulator}/simulator/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(run),
      });
      const { jobId } = (await response.json()) as { readonly jobId: string };
      await local.post('/jobs', { jobId, label });
      return jobId;
    },
    async reaches(jobId, state) {
      const job = () => local.get<{ readonly state: string }>(`/jobs/${jobId}`);
      await vi.waitUntil(async () => (await job()).state === state, WAIT);
    },
    async stop() {
      await local.end('SIGTERM');
      kill();
    },
  };
}
