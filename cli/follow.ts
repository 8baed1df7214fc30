import { setTimeout } from 'node:timers/promises';
import type { Job } from '../client/index.js';
import { accepted } from './api/accepted.ts';
import type { Api } from './api/connect.ts';

/**
 * A job as each answer has it, until it has ended; the same object as before when nothing is new.
 * Asks at intervals (ms) by entity tag, so that an answer without news costs next to nothing.
 *
 * @throws AbortError when the signal is aborted
 */
export async function* follow(
  api: Api,
  jobId: string,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<Job, void, undefined> {
  let known: { readonly job: Job; readonly tag: string } | undefined;
  while (known?.job.endedAt == null) {
    if (known) await setTimeout(intervalMs, undefined, { signal });
    const header = known && { 'If-None-Match': known.tag };
    const params = { path: { jobId }, ...(header && { header }) };
    const answer = await api.GET('/jobs/{jobId}', { params });
    if (!known || answer.response.status !== 304) {
      known = { job: accepted(answer), tag: answer.response.headers.get('etag') ?? '' };
    }
    yield known.job;
  }
}
