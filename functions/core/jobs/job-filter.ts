import { DEFAULT_KIND, type KindName } from '../kinds/kinds.ts';
import type { Job } from './job.ts';
import { isTerminal, type State } from './states.ts';

/** The jobs that a list is about: those for which all of this holds. */
export interface JobFilter {
  readonly kind?: KindName | undefined;
  /** In one of these. */
  readonly state?: readonly State[] | undefined;
  /** Only jobs of which this is known. */
  readonly containsIssues?: boolean | undefined;
  /** Whether the job is still under watch. */
  readonly stateGroup?: 'pending' | 'ended' | undefined;
  /** How the label begins, letter by letter. */
  readonly labelPrefix?: string | undefined;
  /** ms since the epoch: registered then, or later. */
  readonly registeredFrom?: number | undefined;
}

/** Whether a job is among those that a list is about. Pure. */
export function isAmong(
  { kind, state, stateGroup, containsIssues, labelPrefix, registeredFrom }: JobFilter,
  job: Pick<Job, 'kind' | 'state' | 'containsIssues' | 'label' | 'registeredAt'>,
): boolean {
  const group = isTerminal(job.state) ? 'ended' : 'pending';
  return (
    (kind === undefined || (job.kind ?? DEFAULT_KIND) === kind) &&
    (state === undefined || state.includes(job.state)) &&
    (containsIssues === undefined || job.containsIssues === containsIssues) &&
    (stateGroup === undefined || group === stateGroup) &&
    (labelPrefix === undefined || job.label?.startsWith(labelPrefix) === true) &&
    (registeredFrom === undefined || job.registeredAt >= registeredFrom)
  );
}
