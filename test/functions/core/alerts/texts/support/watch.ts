import { type Alert, alertOf } from '../../../../../../functions/core/alerts/alert.ts';
import type { RunLogs } from '../../../../../../functions/core/alerts/log-digest.ts';
import { applyChange } from '../../../../../../functions/core/jobs/apply.ts';
import { decide } from '../../../../../../functions/core/jobs/decide.ts';
import {
  type Job,
  owedAlerts,
  type UsualLength,
} from '../../../../../../functions/core/jobs/job.ts';
import type { Observation } from '../../../../../../functions/core/jobs/observation.ts';
import { newJob } from '../../../../../../functions/core/jobs/watch.ts';
import { DAY } from '../../../../../../functions/core/time.ts';

/** Mon 23 Nov 2026, 14:04:09 UTC, in ms since the epoch: when the sample jobs are registered. */
export const REGISTERED = Date.UTC(2026, 10, 23, 14, 4, 9);
/** The id of the sample jobs. */
export const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

/** What a check saw, how long after the registration (ms), and for how long there had been none. */
export type Sighting = readonly [after: number, observation: Observation, unchecked?: number];

/** A watch to be alerted of. Durations are ms. */
export interface WatchOptions {
  readonly label?: string;
  readonly timeout?: number;
  readonly remindAfter?: number;
  readonly logs?: RunLogs;
  /** What is usual of such runs. */
  readonly usual?: UsualLength;
  /** What is known of the run, besides its id. */
  readonly run?: Partial<Job>;
}

/** The job after these sightings, decided on as the monitor does. */
export function jobAfter(sightings: readonly Sighting[], options: WatchOptions = {}): Job {
  const { label, timeout = DAY, remindAfter, run, usual } = options;
  const registered = newJob({
    jobId: JOB_ID,
    ...(label !== undefined && { label }),
    registeredAt: REGISTERED,
    registeredBy: 'test',
    timeoutAt: REGISTERED + timeout,
    ...(remindAfter !== undefined && { remindAt: REGISTERED + remindAfter }),
  });
  return watchOn({ ...registered, ...run }, sightings, usual);
}

/** A job after more sightings. */
export function watchOn(job: Job, sightings: readonly Sighting[], usual?: UsualLength): Job {
  return sightings.reduce((current, [after, observation, unchecked = 0]) => {
    const now = REGISTERED + after;
    const decision = decide(current, observation, { now, awake: now });
    if (decision.kind === 'Unchanged') return current;
    return applyChange(current, decision, now, usual, now - unchecked);
  }, job);
}

/** The alert that these sightings make the monitor owe. */
export function alertAfter(sightings: readonly Sighting[], options: WatchOptions = {}): Alert {
  return owedBy(jobAfter(sightings, options), options.logs);
}

/** The alert that a job owes; the newest where there are several. */
export function owedBy(job: Job, logs?: RunLogs): Alert {
  const id = owedAlerts(job).at(-1);
  if (id === undefined) throw new Error(`The sample owes no alert: it is ${job.state}.`);
  return alertOf(logs ? { ...job, logs } : job, id);
}
