import { applyChange } from '../../core/jobs/apply.ts';
import { decide } from '../../core/jobs/decide.ts';
import { type Job, owedAlerts, type WatchedJob } from '../../core/jobs/job.ts';
import type { Observation } from '../../core/jobs/observation.ts';
import { isKnownUpstream, isTerminal } from '../../core/jobs/states.ts';
import type { Publisher } from '../alerts/outbox.ts';
import type { SweepContext } from '../context.ts';
import type { SettledKeys } from './cursor.ts';

/** Puts on record what an observation means for a job, and publishes the alert that it owes. */
export type RecordObservation = (watched: WatchedJob, observation: Observation) => Promise<void>;

/** Told of every job that a sweep has put on record as ended. */
type OnEnded = (job: Job) => void;

/**
 * Records for one sweep. The index says which jobs to check and is enough to see that there is no
 * news; when there is, the item itself is read and decided on, and written on the condition that
 * its version is still the one that was checked.
 */
export function createRecorder(
  context: SweepContext,
  publisher: Publisher,
  onEnded: OnEnded,
): RecordObservation {
  const { jobs, report, signal } = context;

  async function writeNews(
    watched: WatchedJob,
    observation: Observation,
  ): Promise<Job | undefined> {
    const job = await jobs.get(watched.jobId, signal);
    if (job?.version !== watched.version) return undefined;
    const clock = context.clock();
    const decision = decide(job, observation, clock);
    if (decision.kind === 'Unchanged') return job;
    const next = applyChange(job, decision, clock.now);
    return (await jobs.update(job, next, signal)) ? next : undefined;
  }

  function count(watched: WatchedJob, job: Job): void {
    if (job.state === watched.state) return;
    const { jobId, label, state: to, reason } = job;
    const facts = { jobId, label, from: watched.state, to, reason };
    report.transitions += 1;
    if (isTerminal(job.state)) {
      report.jobsEnded += 1;
      context.log.info('A job ended', facts);
    } else if (isKnownUpstream(job.state)) {
      context.log.info('A job changed its state', facts);
    } else {
      report.unknownStates += 1;
      context.log.warn('Upstream answers with a state that is not known; it is watched on', facts);
    }
  }

  return async (watched, observation) => {
    if (observation.kind === 'Failed') {
      report.failedChecks += 1;
      context.log.warn('A check failed', { jobId: watched.jobId, error: observation.error });
    }
    if (decide(watched, observation, context.clock()).kind === 'Unchanged') return;
    const job = await writeNews(watched, observation);
    if (!job) {
      report.lostConditions += 1;
      return;
    }
    count(watched, job);
    if (isTerminal(job.state)) onEnded(job);
    if (owedAlerts(job).length > 0) await publisher.publishOwed(job);
  };
}

/** Brings the visits of a walk to their end: on record, and settled. Never throws. */
export interface Settlement {
  /** Records what was observed of a job, if anything, and settles its key. */
  settle(job: WatchedJob, observation?: Observation): Promise<void>;
  /** Any error of ours settles the key too: no sick job may hold up the rest. */
  fail(job: WatchedJob, error: unknown): void;
}

/** The settlement of one sweep. What the sweep's end aborts stays unsettled. */
export function createSettlement(
  { report, log, signal }: SweepContext,
  record: RecordObservation,
  keys: SettledKeys,
): Settlement {
  function fail(job: WatchedJob, error: unknown): void {
    if (signal.aborted) return;
    report.errors += 1;
    log.error('A check could not be carried through', { jobId: job.jobId, error });
    keys.settle(job.jobId);
  }

  return {
    async settle(job, observation) {
      try {
        if (observation) await record(job, observation);
      } catch (error) {
        return fail(job, error);
      }
      keys.settle(job.jobId);
    },
    fail,
  };
}
