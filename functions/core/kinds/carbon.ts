import { type Kind, OPAQUE, UUIDS } from './kind.ts';
import { oneWord } from './run-body.ts';

/**
 * What the two carbon calculations have in common [iTwin/insights-client, src/carbon-calculation]: one
 * word, a message that says why, no logs. The link to the result and the `fileToken` beside them open
 * that result to whoever has them: neither is ever read.
 */
const CARBON = {
  api: 'carbon',
  acceptVersion: 1,
  states: { pending: ['Queued', 'Running'], ends: { Succeeded: 'Succeeded', Failed: 'Failed' } },
  wrapper: 'job',
  read: oneWord({ state: 'status', reason: 'message' }),
} as const satisfies Partial<Kind>;

const TEXTS = {
  again: 'start the calculation again, and register the new job',
  idGiven: 'it was started (job.id)',
  access: 'carbon_calculate',
  partialSuccess: 'Some of the result is missing',
} as const satisfies Partial<Kind['texts']>;

/**
 * An upload to EC3, the Embodied Carbon in Construction Calculator:
 * https://developer.bentley.com/apis/carbon-calculation/operations/get-ec3-job-status/.
 */
export const CARBON_EC3: Kind = {
  ...CARBON,
  texts: {
    ...TEXTS,
    title: 'EC3 carbon calculation',
    history: 'EC3',
    success: 'Its project is in EC3.',
  },
  statusPaths: ['/insights/carbon-calculation/ec3/jobs/{id}'],
  idForms: [OPAQUE],
};

/**
 * A calculation by One Click LCA, whose id is two UUIDs:
 * https://developer.bentley.com/apis/carbon-calculation/operations/get-oneclicklca-job-status/.
 */
export const CARBON_ONE_CLICK_LCA: Kind = {
  ...CARBON,
  texts: {
    ...TEXTS,
    title: 'One Click LCA carbon calculation',
    history: 'One Click LCA',
    success: 'Its result is in One Click LCA.',
  },
  statusPaths: ['/insights/carbon-calculation/oneclicklca/jobs/{id}'],
  idForms: [UUIDS],
};
