import type { IncomingMessage } from 'node:http';
import type { Endpoint } from './errors.ts';

const KEPT = 10_000;

/** A request that reached the simulator. */
type RecordedRequest = {
  readonly endpoint: Endpoint;
  /** As it stands in the path; absent for the token endpoint. */
  readonly jobId?: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: {
    readonly accept?: string | undefined;
    readonly 'user-agent'?: string | undefined;
    /** The scheme alone, such as `Bearer`: credentials are not recorded. */
    readonly authorization?: string | undefined;
  };
  /** ms since the epoch. */
  readonly at: number;
};

/** Who asked what and when: the last 10,000 requests to the simulated endpoints. */
export type RequestJournal = {
  readonly record: (request: IncomingMessage, endpoint: Endpoint, jobId?: string) => void;
  /** Oldest first; of one endpoint, or of all. */
  readonly list: (endpoint?: Endpoint) => readonly RecordedRequest[];
  readonly clear: () => void;
};

/** An empty journal that dates its entries by `now` (ms since the epoch). */
export function createRequestJournal(now: () => number): RequestJournal {
  const entries: RecordedRequest[] = [];
  return {
    record: ({ method = '', url = '', headers }, endpoint, jobId) => {
      entries.push({
        endpoint,
        ...(jobId !== undefined && { jobId }),
        method,
        path: url,
        headers: {
          accept: headers.accept,
          'user-agent': headers['user-agent'],
          authorization: headers.authorization?.split(' ', 1)[0],
        },
        at: now(),
      });
      if (entries.length > KEPT) {
        entries.shift();
      }
    },
    list: (endpoint) =>
      entries.filter((entry) => endpoint === undefined || entry.endpoint === endpoint),
    clear: () => {
      entries.length = 0;
    },
  };
}
