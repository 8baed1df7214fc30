import type { Alert } from '../../../../../../functions/core/alerts/alert.ts';
import { HOSTILE } from './hostile.ts';
import { ENDS, GIVEN_UP, REMINDERS, TESTS } from './samples.ts';

/** Every sample by its name. */
export const ALL_SAMPLES: Readonly<Record<string, Alert>> = {
  ...ENDS,
  ...GIVEN_UP,
  ...REMINDERS,
  ...TESTS,
  ...HOSTILE,
};

/** @throws Error when there is no such sample */
export function sample(name: string): Alert {
  const alert = ALL_SAMPLES[name];
  if (alert === undefined) throw new Error(`There is no sample "${name}".`);
  return alert;
}
