import { CARBON, CARBON_TEXTS } from './carbon.ts';
import { type Kind, OPAQUE } from './kind.ts';

/**
 * An upload to EC3, the Embodied Carbon in Construction Calculator:
 * https://developer.bentley.com/apis/carbon-calculation/operations/get-ec3-job-status/.
 */
export const CARBON_EC3: Kind = {
  ...CARBON,
  texts: {
    ...CARBON_TEXTS,
    title: 'EC3 carbon calculation',
    history: 'EC3',
    success: 'Its project is in EC3.',
  },
  statusPaths: ['/insights/carbon-calculation/ec3/jobs/{id}'],
  idForms: [OPAQUE],
};
