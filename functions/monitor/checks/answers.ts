import pMap from 'p-map';
import { isTokenFault } from '../../core/errors.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import type { FailedObservation, MissingObservation } from '../../core/jobs/observation.ts';
import { isSeen } from '../../core/jobs/states.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import {
  type AnswerCounts,
  areCredentialsAtFault,
  isOutage,
  MISSING_IN_A_ROW,
  NO_ANSWERS,
  OUTAGES_IN_A_ROW,
  weighMissing,
} from '../../core/sweeps/faults.ts';
import type { SweepContext } from '../context.ts';
import type { CircuitBreaker } from '../upstream/circuit-breaker.ts';
import type { CheckResult } from './check.ts';
import type { Recorder } from './record.ts';

/**
 * The answers of one sweep: does each speak of its job, or of upstream as a whole? What could be
 * either (missing runs, refused tokens) is held back until all checks are made.
 */
export interface Answers {
  /** Takes what came of one check: records it, unless it has to wait. */
  take(job: WatchedJob, result: CheckResult): Promise<void>;
  /** Takes the error that a check ended in. */
  takeError(job: WatchedJob, error: unknown): Promise<void>;
  /** How the previously seen jobs have answered so far. */
  readonly counts: AnswerCounts;
  /**
   * Records what was held back.
   *
   * @param isPassWhole whether every pending job has been asked about in this pass
   */
  conclude(isPassWhole: boolean): Promise<void>;
}

/** How many held answers are put on record at a time. */
const CONCURRENCY = 50;

const UNAUTHORIZED: FailedObservation = {
  kind: 'Failed',
  error: {
    name: 'Unauthorized',
    message: 'Upstream refuses this job (401), though not the access token as such.',
  },
};

/** The answers of one sweep, which goes on from the checkpoint `found`. */
export function createAnswers(
  context: SweepContext,
  breaker: CircuitBreaker,
  recorder: Recorder,
  found: Checkpoint,
): Answers {
  const { report } = context;
  const missing = createMissingRuns(context, breaker, recorder, found);
  const refused = createRefusedJobs(context, breaker, recorder);
  let outagesInARow = 0;

  return {
    async take(job, result) {
      if (result.kind === 'NotAsked') return;
      if (result.kind === 'RateLimited') return breaker.rateLimited(result.retryAt);
      report.checks += 1;
      const isDown = result.kind === 'Failed' && isOutage(result.error);
      outagesInARow = isDown ? outagesInARow + 1 : 0;
      if (outagesInARow >= OUTAGES_IN_A_ROW) await breaker.trip('UpstreamDown');
      if (result.kind === 'Missing') return missing.hold(job, result);
      if (result.kind === 'Unauthorized') return refused.hold(job);
      if (result.kind === 'Status') {
        breaker.upstreamAnswered();
        refused.tokenAccepted();
        missing.seenAlive(job);
      }
      await recorder.record(job, result);
    },
    async takeError(job, error) {
      if (isTokenFault(error)) return breaker.noToken(error);
      recorder.fail(job, error);
    },
    get counts() {
      return { ...missing.counts };
    },
    async conclude(isPassWhole) {
      await refused.conclude();
      await missing.conclude(isPassWhole);
    },
  };
}

/** Runs that answered 404 or 403: each may have ended so, and all together are a fault of upstream. */
function createMissingRuns(
  context: SweepContext,
  breaker: CircuitBreaker,
  recorder: Recorder,
  { answers, lastPassAnswers = NO_ANSWERS }: Checkpoint,
) {
  const held: { job: WatchedJob; observation: MissingObservation }[] = [];
  const counts = { alive: 0, missing: 0 };
  let inARow = 0;
  let isUpstreamFault = false;

  return {
    counts,
    seenAlive({ state }: WatchedJob): void {
      if (!isSeen(state)) return;
      counts.alive += 1;
      inARow = 0;
    },
    async hold(job: WatchedJob, observation: MissingObservation): Promise<void> {
      held.push({ job, observation });
      if (!isSeen(job.state)) return;
      counts.missing += 1;
      inARow += 1;
      if (inARow < MISSING_IN_A_ROW) return;
      isUpstreamFault = true;
      await breaker.trip('UpstreamFault');
    },
    async conclude(isPassWhole: boolean): Promise<void> {
      const isTelling = isPassWhole || lastPassAnswers.alive > 0;
      const worth = isUpstreamFault ? 'UpstreamFault' : weighMissing(counts, answers, isTelling);
      if (worth === 'UpstreamFault') await breaker.trip('UpstreamFault');
      const { now } = context.clock();
      await pMap(
        held,
        ({ job, observation }) => {
          if (worth === 'Believe') return recorder.record(job, observation);
          const isLate = now >= job.timeoutAt;
          return recorder.record(job, isLate ? unbelieved(observation) : undefined);
        },
        { concurrency: CONCURRENCY },
      );
    },
  };
}

/** Jobs that refused even a renewed token (401): they may be at fault, or our credentials. */
function createRefusedJobs({ report }: SweepContext, breaker: CircuitBreaker, recorder: Recorder) {
  const held: WatchedJob[] = [];
  let isAccepted = false;

  function areOursAtFault(areAllChecked: boolean): boolean {
    const answered = { checked: report.checks, refused: held.length, isAccepted };
    return areCredentialsAtFault(answered, areAllChecked);
  }

  return {
    tokenAccepted(): void {
      isAccepted = true;
    },
    async hold(job: WatchedJob): Promise<void> {
      held.push(job);
      report.refusals += 1;
      if (areOursAtFault(false)) await breaker.trip('CredentialsRefused');
    },
    async conclude(): Promise<void> {
      if (areOursAtFault(true)) return breaker.trip('CredentialsRefused');
      await pMap(held, (job) => recorder.record(job, UNAUTHORIZED), { concurrency: CONCURRENCY });
    },
  };
}

/** What a missing answer is to a job past its time when it cannot be taken for the job's end. */
function unbelieved({ status }: MissingObservation): FailedObservation {
  const message = `Upstream answered ${status}, for all other jobs too.`;
  return { kind: 'Failed', error: { name: 'UpstreamFault', message } };
}
