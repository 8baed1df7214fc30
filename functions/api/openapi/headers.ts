import * as z from 'zod/mini';
import { entityTag } from '../entity-tag.ts';
import { failedExample, JOB_ID } from './examples.ts';

/** Headers of an answer about a job that was made by the request. */
export const createdHeaders = z.object({
  Location: header('Path of the job.', `/jobs/${JOB_ID}`),
});

/** Headers of an answer that callers may keep until the job has changed. */
export const revalidatedHeaders = z.object({
  ETag: header(
    'The version of the job. `lastCheckedAt` is outside of it.',
    entityTag(failedExample),
  ),
  'Cache-Control': header(
    'It is for the caller alone to keep, and to be asked about each time.',
    'private, no-cache',
  ),
});

function header(description: string, example: string) {
  return z.string().check(z.meta({ header: { description, example } }));
}
