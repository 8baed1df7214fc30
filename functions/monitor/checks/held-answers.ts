import pMap from 'p-map';
import type { WatchedJob } from '../../core/jobs/job.ts';
import type { FailedObservation, MissingObservation } from '../../core/jobs/observation.ts';
import { isSeen } from '../../core/jobs/states.ts';
import type { Api } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import type { Cause } from '../../core/sweeps/causes.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import {
  type AnswerCounts,
  areCredentialsAtFault,
  JOBS_IN_AN_OUTAGE,
  MISSING_IN_A_ROW,
  weighMissing,
} from '../../core/sweeps/faults.ts';
import type { SweepContext } from '../context.ts';
import type { CircuitBreaker } from '../upstream/circuit-breaker.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Recorder } from './record.ts';

/** Answers that may speak of upstream rather than of their job, kept until all checks are made. */

/** How many held answers are put on record at a time. */
const CONCURRENCY = 50;

const UNAUTHORIZED: FailedObservation = {
  kind: 'Failed',
  error: {
    name: 'Unauthorized',
    message: 'Upstream refuses this job (401), though not the access token as such.',
  },
};

/**
 * Checks of one API that got no answer. Many different runs are an outage, unless anybody answered in this
 * sweep: then each is sick for itself. After a pause that brought no 200 yet, as many are enough.
 */
export function createOutage(
  breaker: CircuitBreaker,
  recorder: Recorder,
  { pauseCount }: Checkpoint,
) {
  const busy: { job: WatchedJob; observation: FailedObservation }[] = [];
  /** By id: the index may show one run at its old place and at its new one. */
  const failed = new Set<string>();
  let isDenied = false;
  const isOutage = () => failed.size >= JOBS_IN_AN_OUTAGE && !isDenied;

  return {
    get isAtFault() {
      return pauseCount > 0 && isOutage();
    },
    deny(): void {
      isDenied = true;
    },
    async take(job: WatchedJob, observation: FailedObservation): Promise<void> {
      failed.add(job.jobId);
      // Whether a 503 with a `retry-after` speaks of all runs, the other answers tell.
      if (observation.retryAt !== undefined) busy.push({ job, observation });
      else await recorder.record(job, observation);
    },
    async conclude(): Promise<void> {
      const until = Math.max(0, ...busy.map(({ observation }) => observation.retryAt ?? 0));
      if (isOutage()) await breaker.trip('UpstreamDown');
      // Another API that answers is not busy: its runs would wait for up to an hour.
      if (until > 0 && !isDenied && !breaker.hasAnswered) await breaker.busy(until);
      await pMap(busy, ({ job, observation }) => recorder.record(job, observation), {
        concurrency: CONCURRENCY,
      });
    },
  };
}

/** Runs that answered 404 or 403: each may have ended so, and all together are a fault of upstream. */
export function createMissingRuns(
  context: SweepContext,
  breaker: CircuitBreaker,
  recorder: Recorder,
  before: { readonly pass: AnswerCounts; readonly lastPass: AnswerCounts },
) {
  const held: { job: WatchedJob; observation: MissingObservation }[] = [];
  /** The index may show one run at its old place and at its new one: it is one run all the same. */
  const counted = new Set<string>();
  const counts = { alive: 0, missing: 0 };
  let inARow = 0;
  let isUpstreamFault = false;

  return {
    counts,
    get isAtFault() {
      return isUpstreamFault;
    },
    seenAlive({ state }: WatchedJob): void {
      if (!isSeen(state)) return;
      counts.alive += 1;
      inARow = 0;
    },
    hold(job: WatchedJob, observation: MissingObservation): void {
      held.push({ job, observation });
      if (!isSeen(job.state) || counted.has(job.jobId)) return;
      counted.add(job.jobId);
      counts.missing += 1;
      inARow += 1;
      if (inARow >= MISSING_IN_A_ROW) isUpstreamFault = true;
    },
    async conclude(isPassWhole: boolean): Promise<void> {
      const isTelling = isPassWhole || before.lastPass.alive > 0;
      const worth = isUpstreamFault
        ? 'UpstreamFault'
        : weighMissing(counts, before.pass, isTelling);
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
export function createRefusedJobs(
  { report }: SweepContext,
  { breaker, contact }: Pick<Upstream, 'breaker' | 'contact'>,
  recorder: Recorder,
) {
  const held: WatchedJob[] = [];
  /** By id, as in an outage. */
  const refused = new Set<string>();
  let cause: Cause | undefined;

  function areOursAtFault(areAllChecked: boolean): boolean {
    const answered = {
      checked: report.checks - (held.length - refused.size),
      refused: refused.size,
      isAccepted: breaker.hasAnswered,
    };
    return areCredentialsAtFault(answered, areAllChecked);
  }

  return {
    isAtFault: (api: Api) => areOursAtFault(false) && held.some((job) => kindOf(job).api === api),
    hold(job: WatchedJob, why: Cause | undefined): void {
      held.push(job);
      refused.add(job.jobId);
      report.refusals += 1;
      cause ??= why;
    },
    async conclude(): Promise<void> {
      const areOurs = areOursAtFault(true);
      if (areOurs) await breaker.trip('CredentialsRefused', cause);
      const { answeredAt = {} } = contact.current;
      // Done with even if nothing is recorded: else the next sweep would begin at the same jobs again.
      // Where others were answered since a job's time was up, that is not for want of credentials.
      const observed = (job: WatchedJob) =>
        areOurs && (answeredAt[kindOf(job).api] ?? 0) < job.timeoutAt ? undefined : UNAUTHORIZED;
      await pMap(held, (job) => recorder.record(job, observed(job)), { concurrency: CONCURRENCY });
    },
  };
}

/** What a missing answer is to a job past its time when it cannot be taken for the job's end. */
function unbelieved({ status }: MissingObservation): FailedObservation {
  const message = `Upstream answered ${status}, for all other jobs too.`;
  return { kind: 'Failed', error: { name: 'UpstreamFault', message } };
}
