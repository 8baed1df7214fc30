import { startProgram } from '../harness/program.ts';
import type { Usage } from '../harness/usage.ts';
import { functionEnvironment } from '../services/function-environment.ts';
import type { Services } from '../services/services.ts';
import type { SweepUsage } from './monitor-function.ts';
import type { LoopOptions } from './status-requests.ts';

/** Those who do the same GETs, each in a process of its own. */
export interface Contenders {
  readonly runs: Readonly<Record<'sweep' | 'fetch' | 'undici', () => Promise<Usage>>>;
  stop(): Promise<void>;
}

/** What the contenders are to do. */
export interface ContenderOptions {
  /** The bundle of the monitor function. */
  readonly entry: string;
  readonly services: Services;
  readonly checks: number;
  /** Checks in flight. */
  readonly concurrency: number;
}

/** A sweep that left jobs out is no measurement. */
class SweepIncomplete extends Error {
  override readonly name = 'SweepIncomplete';
}

/** Starts the monitor function, and the bare loops of `fetch` and of undici. */
export function startContenders(options: ContenderOptions): Contenders {
  const { entry, services, checks, concurrency } = options;
  const env = functionEnvironment({ ...services, concurrency });
  const monitor = startProgram<{ entry: string }, SweepUsage>(
    new URL('./monitor-function.ts', import.meta.url),
    { env },
  );
  const fetchLoop = startProgram<LoopOptions, Usage>(new URL('./bare-fetch.ts', import.meta.url));
  const undiciLoop = startProgram<LoopOptions, Usage>(
    new URL('./undici-request.ts', import.meta.url),
  );
  const loop = { upstreamUrl: services.upstreamUrl, checks, concurrency };
  return {
    runs: {
      async sweep() {
        const usage = await monitor.ask({ entry });
        if (usage.checks === checks) return usage;
        throw new SweepIncomplete(`A sweep checked ${usage.checks} of ${checks} jobs.`);
      },
      fetch: () => fetchLoop.ask(loop),
      undici: () => undiciLoop.ask(loop),
    },
    async stop() {
      await Promise.all([monitor.stop(), fetchLoop.stop(), undiciLoop.stop()]);
    },
  };
}
