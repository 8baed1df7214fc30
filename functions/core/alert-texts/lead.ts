import type { Alert } from '../alert.ts';
import { lastSeen } from './stretches.ts';

/** What an alert is about, in a sentence for somebody who does not know the words of the states. */
export function lead(alert: Alert): string {
  if (alert.kind === 'StillRunning') return reminder(alert);
  switch (alert.state) {
    case 'Succeeded':
      return `The extraction run succeeded${alert.containsIssues ? ', but its logs contain issues' : ''}.`;
    case 'PartiallySucceeded':
      return `The extraction run ended, but only a part of it succeeded.${issues(alert)}`;
    case 'Failed':
      return `The extraction run failed.${issues(alert)}`;
    case 'NotFound':
      return lastSeen(alert)
        ? 'The iTwin Platform no longer has this extraction run, so how it ended is not known.'
        : 'The iTwin Platform does not have this extraction run, so there is nothing to watch.';
    case 'AccessDenied':
      return 'The iTwin Platform does not let the monitor see this extraction run, so how it ends is not known.';
    default:
      return 'The watch ran out of time before the extraction run was seen to end.';
  }
}

function reminder(alert: Alert): string {
  return lastSeen(alert)
    ? `The extraction run has not ended yet.${issues(alert)}`
    : 'The iTwin Platform has not told anything about this extraction run yet.';
}

function issues({ containsIssues }: Alert): string {
  return containsIssues ? ' Its logs contain issues.' : '';
}
