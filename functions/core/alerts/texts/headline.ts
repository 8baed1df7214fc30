import { isEndedByMonitor } from '../../jobs/states.ts';
import { cut, oneLine, spellLegibly } from '../../text.ts';
import { formatDuration } from '../../time.ts';
import type { Alert } from '../alert.ts';
import { stretchesOf } from './timeline.ts';

/** As many characters as a label may have. */
const NAME_LENGTH = 100;

/** The label of a run; without one the beginning of its job id. */
export function nameOf(alert: Alert): string {
  return cut(oneLine(alert.label ?? ''), NAME_LENGTH) || shortId(alert);
}

/** The same in an alphabet. A label that cannot be read in it says less than the id. */
export function nameIn(alert: Alert, alphabet: RegExp): string {
  return spellLegibly(oneLine(alert.label ?? ''), alphabet) || shortId(alert);
}

function shortId({ jobId }: Alert): string {
  return `job ${jobId.slice(0, 8)}`;
}

/** What subject, mail and SMS begin with: how the run ended, or that it has not. */
export function headline(alert: Alert): string {
  const { kind, state, containsIssues } = alert;
  if (kind === 'StillRunning') return `Still ${state} after ${watched(alert)}`;
  return containsIssues && state !== 'Failed' ? `${state} with issues` : state;
}

/** For how long the run has been under watch, or was. */
export function watched({ at, registeredAt }: Alert): string {
  return formatDuration(at - registeredAt);
}

/** Whether upstream said how the run ended, as far as it did. */
export function isEndKnown({ kind, state }: Alert): boolean {
  return kind === 'Ended' && !isEndedByMonitor(state);
}

/** Whether there is nothing more to tell than that all went well. */
export function isCleanSuccess({ kind, state, containsIssues }: Alert): boolean {
  return kind === 'Ended' && state === 'Succeeded' && !containsIssues;
}

/** How long a run took, as far as the monitor can tell. */
export type RunTime =
  /** It was seen to start, and to end so many ms later. */
  | { readonly kind: 'Seen'; readonly ms: number }
  /** It was `Running` when it was seen first. */
  | { readonly kind: 'AtLeast'; readonly ms: number }
  /** It was never seen `Running`. */
  | { readonly kind: 'Unknown' };

/** From when a run was first seen `Running` to its end. */
export function runTime(alert: Alert): RunTime {
  const stretches = stretchesOf(alert);
  const first = stretches.findIndex(({ state }) => state === 'Running');
  const running = stretches[first];
  if (running === undefined) return { kind: 'Unknown' };
  const wasSeenBefore = first > 1;
  return { kind: wasSeenBefore ? 'Seen' : 'AtLeast', ms: alert.at - running.since };
}
