import type { AlertKind, Job, Transition } from '../jobs/job.ts';
import { type KindName, kindOf } from '../kinds/kinds.ts';
import { pick } from '../objects.ts';
import { MINUTE } from '../time.ts';
import { alertId } from './alert.ts';
import type { JOB_ALERT_STATES } from './filters.ts';
import { callsForLogs, type LogDigest } from './log-digest.ts';

/** What a test alert is to be like. */
export interface TestJobRequest {
  /** A new UUID. */
  readonly jobId: string;
  readonly kind?: KindName;
  readonly iModelId?: string;
  readonly label?: string;
  readonly state: (typeof JOB_ALERT_STATES)[number];
  readonly containsIssues?: boolean;
  /** Who asks. */
  readonly registeredBy: string;
}

const REASONS: Readonly<Partial<Record<TestJobRequest['state'], string>>> = {
  PartiallySucceeded: 'Sample: 2 of 3 mappings were extracted.',
  Failed: 'Sample: the model could not be opened.',
  Aborted: 'Sample: Cancelled',
  NotFound: 'Sample: upstream has answered 404 for 1 h.',
  AccessDenied: 'Sample: upstream has answered 403 for 1 h.',
  TimedOut: 'Sample: still Running after 41 min under watch.',
};

const LOGS: LogDigest = {
  kind: 'Digest',
  entries: 3,
  isPartial: false,
  counts: [
    { level: 'Information', category: 'DataProcessing', count: 2 },
    { level: 'Error', category: 'QueryTranslation', count: 1 },
  ],
  messages: [
    { level: 'Error', category: 'QueryTranslation', message: 'Sample: no such property.' },
  ],
};

/** How long ago (ms) the made-up run came to each of its states. */
const HISTORY = [
  ['Queued', 40 * MINUTE],
  ['Running', 38 * MINUTE],
] as const;

/**
 * A job that never was, with an alert to publish: it goes the way of every other alert, and nothing
 * is asked about it (`now`: ms since the epoch).
 */
export function testJob(request: TestJobRequest, now: number): Job {
  const { state: wanted } = request;
  const isReminder = wanted === 'StillRunning';
  const kind: AlertKind = isReminder ? 'StillRunning' : 'Ended';
  const path = [...HISTORY, ...(isReminder ? [] : ([[wanted, 0]] as const))];
  const transitions = path.map(([to, ago], i): Transition => {
    const reason = REASONS[to as TestJobRequest['state']];
    const from = path[i - 1]?.[0] ?? 'Registered';
    return { from, to, at: now - ago, ...(reason && { reason }), version: i + 2 };
  });
  const state = isReminder ? 'Running' : wanted;
  const reason = REASONS[wanted];
  const job: Job = {
    ...pick(request, 'jobId', 'kind', 'iModelId', 'label', 'registeredBy', 'containsIssues'),
    registeredAt: now - 41 * MINUTE,
    timeoutAt: now - 41 * MINUTE + 1_440 * MINUTE,
    state,
    ...(reason && { reason }),
    ...(kindOf(request).logs &&
      callsForLogs({ state, ...pick(request, 'containsIssues') }) && { logs: LOGS }),
    ...(isReminder && { remindedAt: now }),
    version: transitions.length + 1,
    transitions,
    endedAt: now,
    isTest: true,
  };
  return { ...job, owed: { [alertId(job, job.version)]: kind } };
}
