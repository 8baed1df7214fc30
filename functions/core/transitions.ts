import type { Job, Transition } from './job.ts';

const MAX_KEPT = 100;
const FIRST_KEPT = 10;

/**
 * The record of transitions with one more at its end. Past 100, the first 10 and the last 89 stay
 * and the rest is only counted, so a run that flaps for days cannot outgrow its item.
 */
export function recordTransition(
  job: Job,
  transition: Transition,
): Pick<Job, 'transitions' | 'transitionsDropped'> {
  const all = [...job.transitions, transition];
  if (all.length <= MAX_KEPT) {
    return {
      transitions: all,
      ...(job.transitionsDropped && { transitionsDropped: job.transitionsDropped }),
    };
  }
  const last = all.slice(all.length - (MAX_KEPT - FIRST_KEPT - 1));
  const kept = [...all.slice(0, FIRST_KEPT), ...last];
  return {
    transitions: kept,
    transitionsDropped: (job.transitionsDropped ?? 0) + all.length - kept.length,
  };
}
