import type { Job, Transition } from './job.ts';

const KEPT_WHOLE = 100;
const FIRST_KEPT = 10;
const LAST_KEPT = 89;

/**
 * The record of transitions with one more at its end. Past 100, the first 10 and the last 89 stay
 * and the rest is only counted, so a run that flaps for days cannot outgrow its item.
 */
export function recordTransition(
  job: Job,
  transition: Transition,
): Pick<Job, 'transitions' | 'transitionsDropped'> {
  const transitions = [...job.transitions, transition];
  const droppedBefore = job.transitionsDropped ?? 0;
  if (transitions.length + droppedBefore <= KEPT_WHOLE) return { transitions };
  return {
    transitions: [...transitions.slice(0, FIRST_KEPT), ...transitions.slice(-LAST_KEPT)],
    transitionsDropped: droppedBefore + transitions.length - FIRST_KEPT - LAST_KEPT,
  };
}
