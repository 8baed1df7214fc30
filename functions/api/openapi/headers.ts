import * as z from 'zod/mini';
import { entityTag } from '../entity-tag.ts';
import { failedExample } from './examples.ts';

/** Headers of an answer about what a request has made, which is to be found at this path. */
export function createdHeaders(path: string) {
  return z.object({ Location: header('Where it is to be found.', path) });
}

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
