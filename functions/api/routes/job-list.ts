import * as z from 'zod/mini';
import { isPossibleState } from '../../core/jobs/states.ts';
import type { ListPosition } from '../../core/ports.ts';
import { json } from '../http/answers.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import {
  kindSchema,
  parsed,
  queryParameters,
  timeSchema,
  validParameters,
} from '../http/validation.ts';
import type { JobList } from '../openapi/schemas/jobs.ts';
import { listJobs } from '../use-cases/list-jobs.ts';
import { jobSummary } from './job-view.ts';

const MUST_BE_LIMIT = 'must be an integer from 1 to 100';
const MUST_BE_PREFIX = 'must be 1 to 100 characters of a label';

/** The query parameters of `GET /jobs`. */
export const listSchema = z.strictObject({
  kind: z.optional(kindSchema),
  state: z.optional(z.array(z.string().check(z.refine(isPossibleState, 'must be a state')))),
  stateGroup: z.optional(z.enum(['pending', 'ended'], 'must be pending or ended')),
  containsIssues: z.optional(
    z.pipe(
      z.enum(['true', 'false'], 'must be true or false'),
      z.transform((text) => text === 'true'),
    ),
  ),
  labelPrefix: z.optional(
    z.string().check(z.regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u, MUST_BE_PREFIX)),
  ),
  registeredFrom: z.optional(timeSchema()),
  registeredBefore: z.optional(timeSchema()),
  limit: z.prefault(
    z.pipe(
      z.transform((text) => (/^[1-9]\d*$/.test(String(text)) ? Number(text) : Number.NaN)),
      z.int(MUST_BE_LIMIT).check(z.gte(1, MUST_BE_LIMIT), z.lte(100, MUST_BE_LIMIT)),
    ),
    20,
  ),
  cursor: z.optional(parsed(decodeCursor, 'must be as it was given out')),
});

/** A month, and behind it the last key that was given out: what that looks like is the store's own. */
const POSITION = /^(\d{4}-(?:0[1-9]|1[0-2]))(?: (\S{1,100}))?$/;

/** A place in the list of jobs as text that callers hand back unread. */
export function encodeCursor({ month, after }: ListPosition): string {
  return Buffer.from(after === undefined ? month : `${month} ${after}`).toString('base64url');
}

/** @returns undefined when the text is no cursor */
export function decodeCursor(text: string): ListPosition | undefined {
  const [, month, after] = POSITION.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (month === undefined) return undefined;
  return after === undefined ? { month } : { month, after };
}

/** `GET /jobs`: 200 with jobs as `jobSummary` tells them: no history, no alerts. */
export function listJobsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/jobs',
    handler: async (event) => {
      const { cursor, ...request } = validParameters(listSchema, queryParameters(event, ['state']));
      const { jobs, next } = await listJobs(ports, { ...request, position: cursor });
      const list: JobList = {
        jobs: jobs.map(jobSummary),
        cursor: next === undefined ? null : encodeCursor(next),
      };
      return json(200, list);
    },
  };
}
