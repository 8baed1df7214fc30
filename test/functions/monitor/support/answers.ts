import type { Answer } from '../../../../local/itwin-simulator/script.ts';

export const QUEUED: Answer = { state: 'Queued', reason: 'Waiting.' };
export const RUNNING: Answer = { state: 'Running', reason: 'Not completed yet.' };
export const SUCCEEDED: Answer = { state: 'Succeeded', reason: 'Completed' };
export const FAILED: Answer = { state: 'Failed', reason: 'Broken query.', containsIssues: true };

/** An answer with this HTTP status, and the body that upstream documents for it. */
export function status(status: number): Answer {
  return { kind: 'error', status };
}
