import * as z from 'zod/mini';
import type { ApiEvent } from './route.ts';
import { validParameters } from './validate.ts';

/** A job id in any spelling; what comes out is in lower case. */
export const jobIdSchema = z.guid('must be a UUID').check(z.toLowerCase());

/** The parameters in the path of what is asked of one job. */
export const jobPathSchema = z.object({ jobId: jobIdSchema });

/**
 * The job id in the path of a request.
 *
 * @throws HttpProblem (400) when it is no UUID
 */
export function pathJobId(event: ApiEvent): string {
  return validParameters(jobPathSchema, event.pathParameters ?? {}).jobId;
}
