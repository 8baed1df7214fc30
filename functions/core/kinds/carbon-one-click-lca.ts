import { CARBON, CARBON_TEXTS } from './carbon.ts';
import { type Kind, UUIDS } from './kind.ts';

/**
 * A calculation by One Click LCA, whose id is two UUIDs:
 * https://developer.bentley.com/apis/carbon-calculation/operations/get-oneclicklca-job-status/.
 */
export const CARBON_ONE_CLICK_LCA: Kind = {
  ...CARBON,
  texts: {
    ...CARBON_TEXTS,
    title: 'One Click LCA carbon calculation',
    history: 'One Click LCA',
    success: 'Its result is in One Click LCA.',
  },
  statusPaths: ['/insights/carbon-calculation/oneclicklca/jobs/{id}'],
  idForms: [UUIDS],
};
