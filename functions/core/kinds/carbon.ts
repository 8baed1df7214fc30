import type { Kind } from './kind.ts';
import { oneWord } from './run-body.ts';

/**
 * What the two carbon calculations have in common [iTwin/insights-client, src/carbon-calculation]: one
 * word, a message that says why, no logs. The link to the result and the `fileToken` beside them open
 * that result to whoever has them: neither is ever read.
 */
export const CARBON = {
  api: 'carbon',
  acceptVersion: 1,
  states: { pending: ['Queued', 'Running'], ends: { Succeeded: 'Succeeded', Failed: 'Failed' } },
  wrapper: 'job',
  read: oneWord({ state: 'status', reason: 'message' }),
} as const satisfies Partial<Kind>;

/** What people are told of either. */
export const CARBON_TEXTS = {
  again: 'start the calculation again, and register the new job',
  idGiven: 'it was started (job.id)',
  access: 'carbon_calculate',
  partialSuccess: 'Some of the result is missing',
} as const satisfies Partial<Kind['texts']>;
