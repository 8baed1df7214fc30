import { answering } from '../harness/program.ts';
import { type Usage, usageOf } from '../harness/usage.ts';
import { jobIdOf } from '../services/pending-jobs.ts';

/** What a bare loop is to do. */
export interface LoopOptions {
  readonly upstreamUrl: string;
  readonly checks: number;
  /** Requests in flight. */
  readonly concurrency: number;
}

/** The headers that the product sends. */
export const HEADERS = {
  accept: 'application/vnd.bentley.itwin-platform.v1+json',
  'accept-encoding': 'identity',
  authorization: 'Bearer token',
  'user-agent': 'extraction-monitor',
};

/** Makes a program of a bare loop: the requests of a sweep, with nothing around them. */
export function answeringWithLoop(getStatus: (url: string) => Promise<unknown>): void {
  answering(({ upstreamUrl, checks, concurrency }: LoopOptions): Promise<Usage> => {
    let asked = 0;
    async function ask(): Promise<void> {
      while (asked < checks) {
        const jobId = jobIdOf(asked);
        asked += 1;
        await getStatus(`${upstreamUrl}/insights/reporting/datasources/extraction/status/${jobId}`);
      }
    }
    return usageOf(() => Promise.all(Array.from({ length: concurrency }, ask)));
  });
}
