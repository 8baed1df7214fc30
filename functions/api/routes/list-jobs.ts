import * as z from 'zod/mini';
import { isoTime } from '../../core/durations.ts';
import type { Job } from '../../core/job.ts';
import type { JobStore, ListPosition, TimeSource } from '../../core/ports.ts';
import { MONITOR_STATES, type State, stateFromUpstream } from '../../core/states.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { jobSummary } from '../job-view.ts';
import type { JobList } from '../openapi/job-schema.ts';
import { queryParameters } from '../query.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';
import { validParameters } from '../validate.ts';

/**
 * How many months before the current one may hold jobs. A job is watched for about a week and stays
 * on record for 90 days after its end, so there are jobs of five months as a rule. Only one that was
 * pending through most of a year without sweeps is older: it is not listed, but still there.
 */
const MONTHS_BACK = 12;

/** How many pages one request reads at the most, besides those that end a month. */
const MAX_PAGES = 5;

const MUST_BE_LIMIT = 'must be an integer from 1 to 100';

/** The query parameters of `GET /jobs`. */
export const listSchema = z.strictObject({
  state: z.optional(z.string().check(z.refine(isPossibleState, 'must be a state'))),
  limit: z.prefault(
    z.pipe(
      z.transform((text) => (/^[1-9]\d*$/.test(String(text)) ? Number(text) : Number.NaN)),
      z.int(MUST_BE_LIMIT).check(z.gte(1, MUST_BE_LIMIT), z.lte(100, MUST_BE_LIMIT)),
    ),
    20,
  ),
  cursor: z.optional(
    z.pipe(
      z.string(),
      z.transform((text, context) => {
        const position = decodeCursor(text);
        if (position) return position;
        context.issues.push({
          code: 'custom',
          input: text,
          message: 'must be as it was given out',
        });
        return z.NEVER;
      }),
    ),
  ),
});

/** Which part of the list is asked for. */
export interface ListRequest {
  /** Only jobs in this state. */
  readonly state?: State | undefined;
  readonly limit: number;
  /** Where the last part ended; absent for the first one. */
  readonly position?: ListPosition | undefined;
}

/** A part of the list: it may be short, or empty, and still not be the last. */
export interface ListResult {
  /** Without their transitions and alerts. */
  readonly jobs: readonly Job[];
  /** Where the next part begins; absent when there is none. */
  readonly next?: ListPosition;
}

/** Lists jobs, newest first, with bounded work: walks the months backwards from the current one. */
async function listJobs(
  { jobs, time }: { readonly jobs: JobStore; readonly time: TimeSource },
  { state, limit, position }: ListRequest,
): Promise<ListResult> {
  const currentMonth = isoTime(time.now()).slice(0, 'YYYY-MM'.length);
  const oldestMonth = monthBefore(currentMonth, MONTHS_BACK);
  const found: Job[] = [];
  let next = position ?? { month: currentMonth };
  let pages = 0;
  while (pages < MAX_PAGES && found.length < limit && next.month >= oldestMonth) {
    const { items, last } = await jobs.listPage(next, limit - found.length, state);
    found.push(...items);
    if (last === undefined) {
      next = { month: monthBefore(next.month, 1) };
    } else {
      next = { ...next, after: last };
      pages += 1;
    }
  }
  return next.month < oldestMonth ? { jobs: found } : { jobs: found, next };
}

function monthBefore(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return isoTime(date.getTime()).slice(0, 'YYYY-MM'.length);
}

function isPossibleState(word: string): boolean {
  const isOwn = MONITOR_STATES.some((state) => state === word);
  return isOwn || stateFromUpstream(word.replace(/^Upstream:/, '')) === word;
}

/** `GET /jobs`: 200 with jobs as `jobSummary` tells them: no history, no alerts. */
export function listJobsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/jobs',
    handler: async (event) => {
      const { cursor, ...filter } = validParameters(listSchema, queryParameters(event));
      const { jobs, next } = await listJobs(ports, { ...filter, position: cursor });
      const list: JobList = {
        jobs: jobs.map(jobSummary),
        cursor: next === undefined ? null : encodeCursor(next),
      };
      return json(200, list);
    },
  };
}
