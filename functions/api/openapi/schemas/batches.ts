import * as z from 'zod/mini';
import { described, problemSchema } from './common.ts';
import { ignored, jobSummarySchema } from './jobs.ts';

const jobResultSchema = z.union([
  z.object({
    status: described(
      z.literal([200, 201]),
      '201: the job is new, or reopened. 200: it was known, and stays as it is.',
    ),
    job: jobSummarySchema,
    ignored,
  }),
  z.object({
    status: described(
      z.int().check(z.gte(400)),
      '400: the job is not as it should be. 409: its id is on record under another kind, or others are ' +
        'changing it. 500: a fault of ours. 503: no time was left for it. All but the first, and another ' +
        'kind, are worth another try.',
    ),
    problem: problemSchema,
  }),
]);

/** What became of a batch. */
export const batchResultSchema = z
  .object({
    results: described(
      z.array(jobResultSchema),
      'A verdict on each job, in the order of the request.',
    ),
  })
  .check(z.meta({ id: 'BatchResult', description: 'What became of a batch.' }));

/** What became of one job of a batch. */
export type JobResult = z.output<typeof jobResultSchema>;

/** What callers get to see of a batch. */
export type BatchResult = z.output<typeof batchResultSchema>;
