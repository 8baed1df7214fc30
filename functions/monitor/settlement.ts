import type { WatchedJob } from '../core/job.ts';
import type { Observation } from '../core/observation.ts';
import type { RecordObservation } from './record.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext } from './sweep-context.ts';

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
