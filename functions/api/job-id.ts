import * as z from 'zod/mini';
import { parseJobId } from '../core/job-id.ts';
import type { ApiEvent } from './route.ts';
import { validParameters } from './validate.ts';

const MUST_BE_UUID = 'must be a UUID';

/** A job id in any spelling; what comes out is in lower case. */
export const jobIdSchema = z.string(MUST_BE_UUID).check(
  z.refine((text) => parseJobId(text) !== undefined, MUST_BE_UUID),
  z.overwrite((text) => parseJobId(text) ?? text),
);

const pathSchema = z.object({ jobId: jobIdSchema });

/**
 * The job id in the path of a request.
 *
 * @throws HttpProblem (400) when it is no UUID
 */
export function pathJobId(event: ApiEvent): string {
  return validParameters(pathSchema, event.pathParameters ?? {}).jobId;
}
