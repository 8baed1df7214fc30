import type { Job } from './job.ts';
import { isTerminal, type State } from './states.ts';

/** The jobs that a list is about: those for which all of this holds. */
export interface JobFilter {
  readonly state?: State | undefined;
  /** Whether the job is still under watch. */
  readonly stateGroup?: 'pending' | 'ended' | undefined;
  /** How the label begins, letter by letter. */
  readonly labelPrefix?: string | undefined;
  /** ms since the epoch: registered then, or later. */
  readonly registeredFrom?: number | undefined;
}

/** Whether a job is among those that a list is about. Pure. */
export function isAmong(
  { state, stateGroup, labelPrefix, registeredFrom }: JobFilter,
  job: Pick<Job, 'state' | 'label' | 'registeredAt'>,
): boolean {
  const group = isTerminal(job.state) ? 'ended' : 'pending';
  return (
    (state === undefined || job.state === state) &&
    (stateGroup === undefined || group === stateGroup) &&
    (labelPrefix === undefined || job.label?.startsWith(labelPrefix) === true) &&
    (registeredFrom === undefined || job.registeredAt >= registeredFrom)
  );
}
