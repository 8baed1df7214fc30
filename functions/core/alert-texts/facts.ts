import type { Alert } from '../alert.ts';
import { formatDuration } from '../durations.ts';
import { isEndKnown, runTime, watched } from './run.ts';
import { lastSeen } from './stretches.ts';
import { utcTime } from './utc.ts';

/** When the run ended, how long it took, since when it was watched: as far as that is known. */
export function facts(alert: Alert): string[] {
  const { at, registeredAt, timeoutAt } = alert;
  const watch = `  Watched: for ${watched(alert)}, since ${utcTime(registeredAt)}`;
  if (alert.kind === 'StillRunning') {
    return [
      `  State: ${standing(alert)}`,
      watch,
      `  Watch ends: ${utcTime(timeoutAt)} at the latest`,
    ];
  }
  if (isEndKnown(alert)) return [`  Ended: ${utcTime(at)}`, `  Took: ${took(alert)}`, watch];
  return [`  Watch ended: ${utcTime(at)}`, `  Last seen: ${standing(alert)}`, watch];
}

function took(alert: Alert): string {
  const time = runTime(alert);
  switch (time.kind) {
    case 'Seen':
      return `${formatDuration(time.ms)} (from when it was first seen Running)`;
    case 'AtLeast':
      return `at least ${formatDuration(time.ms)} (it was Running already when first seen)`;
    case 'Unknown':
      return 'not known (it was never seen Running)';
  }
}

function standing(alert: Alert): string {
  const last = lastSeen(alert);
  if (last !== undefined) return `${last.state}, since ${utcTime(last.since)}`;
  return alert.kind === 'Ended' ? 'never' : 'not seen upstream yet';
}
