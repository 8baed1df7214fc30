import { DEFAULT_KIND, type KindName } from '../kinds/kinds.ts';
import type { Job } from './job.ts';
import { isTerminal, type State } from './states.ts';

/** The jobs that a list is about: those for which all of this holds. */
export interface JobFilter {
  readonly kind?: KindName | undefined;
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
  { kind, state, stateGroup, labelPrefix, registeredFrom }: JobFilter,
  job: Pick<Job, 'kind' | 'state' | 'label' | 'registeredAt'>,
): boolean {
  const group = isTerminal(job.state) ? 'ended' : 'pending';
  return (
    (kind === undefined || (job.kind ?? DEFAULT_KIND) === kind) &&
    (state === undefined || job.state === state) &&
    (stateGroup === undefined || group === stateGroup) &&
    (labelPrefix === undefined || job.label?.startsWith(labelPrefix) === true) &&
    (registeredFrom === undefined || job.registeredAt >= registeredFrom)
  );
}
