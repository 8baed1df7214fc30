import pMap from 'p-map';
import { isTokenFault } from '../../core/errors.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import type { FailedObservation, MissingObservation } from '../../core/jobs/observation.ts';
import { isSeen } from '../../core/jobs/states.ts';
import type { Cause } from '../../core/sweeps/causes.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import {
  type AnswerCounts,
  areCredentialsAtFault,
  isUnanswered,
  JOBS_IN_AN_OUTAGE,
  MISSING_IN_A_ROW,
  NO_ANSWERS,
  weighMissing,
} from '../../core/sweeps/faults.ts';
import type { SweepContext } from '../context.ts';
import type { CircuitBreaker } from '../upstream/circuit-breaker.ts';
import type { Upstream } from '../upstream/upstream.ts';
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

type Way = Pick<Upstream, 'breaker' | 'contact'>;
type RateLimited = Extract<CheckResult, { kind: 'RateLimited' }>;

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
  { breaker, contact }: Upstream,
  recorder: Recorder,
  found: Checkpoint,
): Answers {
  const { report } = context;
  const missing = createMissingRuns(context, breaker, recorder, found);
  const refused = createRefusedJobs(context, { breaker, contact }, recorder);
  const outage = createOutage({ breaker, contact }, recorder, found);

  async function takeLimit(job: WatchedJob, { retryAt, cause }: RateLimited): Promise<void> {
    const { answeredAt = 0 } = contact.current;
    const isAlone = job.limitedAt !== undefined && answeredAt > job.limitedAt;
    if (!isAlone) await breaker.rateLimited(retryAt, cause);
    await recorder.record(job, { kind: 'Limited', isAlone, retryAt });
  }

  return {
    async take(job, result) {
      if (result.kind === 'NotAsked') return;
      if (result.kind !== 'RateLimited') report.checks += 1;
      if (result.kind === 'Failed' && isUnanswered(result.error)) return outage.take(job, result);
      const isAlive = result.kind === 'Status' || result.kind === 'Pending';
      contact.answered(isAlive ? 'Alive' : 'Other');
      outage.deny();
      if (result.kind === 'RateLimited') return takeLimit(job, result);
      if (result.kind === 'Missing') return missing.hold(job, result);
      if (result.kind === 'Unauthorized') return refused.hold(job, result.cause);
      if (isAlive) {
        breaker.upstreamAnswered();
        refused.tokenAccepted();
        // A 202 shows nothing of the run, so it does not show that others, which are missing, are gone.
        if (result.kind === 'Status') missing.seenAlive(job);
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
      await outage.conclude();
      await refused.conclude();
      await missing.conclude(isPassWhole);
    },
  };
}

/**
 * Checks that got no answer. Many different runs are an outage, unless anybody answered in this sweep:
 * then each is sick for itself. After a pause that brought no 200 yet, nobody waits for the end of the
 * sweep to see that.
 */
function createOutage({ breaker, contact }: Way, recorder: Recorder, { pauseCount }: Checkpoint) {
  const busy: { job: WatchedJob; observation: FailedObservation }[] = [];
  let failed = 0;
  let isDenied = false;
  const isOutage = () => failed >= JOBS_IN_AN_OUTAGE && !isDenied;

  return {
    deny(): void {
      isDenied = true;
    },
    async take(job: WatchedJob, observation: FailedObservation): Promise<void> {
      contact.failed();
      failed += 1;
      if (pauseCount > 0 && isOutage()) await breaker.trip('UpstreamDown');
      // Whether a 503 with a `retry-after` speaks of all runs, the other answers tell.
      if (observation.retryAt !== undefined) busy.push({ job, observation });
      else await recorder.record(job, observation);
    },
    async conclude(): Promise<void> {
      const until = Math.max(0, ...busy.map(({ observation }) => observation.retryAt ?? 0));
      if (isOutage()) await breaker.trip('UpstreamDown');
      if (until > 0 && !isDenied) await breaker.busy(until);
      await pMap(busy, ({ job, observation }) => recorder.record(job, observation), {
        concurrency: CONCURRENCY,
      });
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
function createRefusedJobs(
  { report }: SweepContext,
  { breaker, contact }: Way,
  recorder: Recorder,
) {
  const held: WatchedJob[] = [];
  let isAccepted = false;
  let cause: Cause | undefined;

  function areOursAtFault(areAllChecked: boolean): boolean {
    const answered = { checked: report.checks, refused: held.length, isAccepted };
    return areCredentialsAtFault(answered, areAllChecked);
  }

  return {
    tokenAccepted(): void {
      isAccepted = true;
    },
    async hold(job: WatchedJob, why: Cause | undefined): Promise<void> {
      held.push(job);
      report.refusals += 1;
      cause ??= why;
      if (areOursAtFault(false)) await breaker.trip('CredentialsRefused', cause);
    },
    async conclude(): Promise<void> {
      const areOurs = areOursAtFault(true);
      if (areOurs) await breaker.trip('CredentialsRefused', cause);
      const { answeredAt = 0 } = contact.current;
      // Done with even if nothing is recorded: else the next sweep would begin at the same jobs again.
      // Where others were answered since a job's time was up, that is not for want of credentials.
      const observed = ({ timeoutAt }: WatchedJob) =>
        areOurs && answeredAt < timeoutAt ? undefined : UNAUTHORIZED;
      await pMap(held, (job) => recorder.record(job, observed(job)), { concurrency: CONCURRENCY });
    },
  };
}

/** What a missing answer is to a job past its time when it cannot be taken for the job's end. */
function unbelieved({ status }: MissingObservation): FailedObservation {
  const message = `Upstream answered ${status}, for all other jobs too.`;
  return { kind: 'Failed', error: { name: 'UpstreamFault', message } };
}
