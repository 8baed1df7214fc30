import pMap from 'p-map';
import { isTokenFault } from '../../core/errors.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import {
  type FailedObservation,
  isOutage,
  type MissingObservation,
} from '../../core/jobs/observation.ts';
import { isSeen } from '../../core/jobs/states.ts';
import {
  type AnswerCounts,
  areCredentialsAtFault,
  MISSING_IN_A_ROW,
  OUTAGES_IN_A_ROW,
  type PassAnswers,
  weighMissing,
} from '../../core/sweeps/faults.ts';
import type { SweepContext } from '../context.ts';
import type { Pauses } from '../upstream/circuit-breaker.ts';
import type { CheckResult } from './check.ts';
import type { Settlement } from './record.ts';

/**
 * Weighs each answer: does it speak of its job, or of upstream as a whole? What could be either
 * (missing runs, refused tokens) is held back until the walk is over.
 */
export interface Judge {
  /** Takes what came of one check; records it and settles its key, unless it has to wait. */
  take(job: WatchedJob, result: CheckResult): Promise<void>;
  /** Takes the error that a check ended in. */
  takeError(job: WatchedJob, error: unknown): Promise<void>;
  /** How the previously seen jobs have answered in this sweep so far. */
  readonly tally: AnswerCounts;
  /**
   * Settles what was held back.
   *
   * @param isLastOfPass whether every pending job has been asked about in this pass
   */
  conclude(isLastOfPass: boolean): Promise<void>;
}

/** What a judge works with. */
export interface JudgeParts {
  readonly pauses: Pauses;
  readonly settlement: Settlement;
  readonly tallies: PassTallies;
}

/** A judge for one sweep. */
export function createJudge(
  context: SweepContext,
  { pauses, settlement, tallies }: JudgeParts,
): Judge {
  const missing = createMissingAnswers(context, tallies, pauses, settlement);
  const refused = createRefusedJobs(context, pauses, settlement);
  let outagesInARow = 0;

  return {
    async take(job, result) {
      if (result.kind === 'NotAsked') return;
      if (result.kind === 'RateLimited') return pauses.rateLimited(result.retryAt);
      context.report.checks += 1;
      const isDown = result.kind === 'Failed' && isOutage(result.error);
      outagesInARow = isDown ? outagesInARow + 1 : 0;
      if (outagesInARow >= OUTAGES_IN_A_ROW) await pauses.pause('UpstreamDown');
      if (result.kind === 'Missing') return missing.hold(job, result);
      if (result.kind === 'Unauthorized') return refused.hold(job);
      if (result.kind === 'Status') {
        pauses.upstreamAnswered();
        refused.noteAccepted();
        missing.noteAlive(job);
      }
      await settlement.settle(job, result);
    },
    async takeError(job, error) {
      if (isTokenFault(error)) return pauses.noToken(error);
      settlement.fail(job, error);
    },
    get tally() {
      return missing.tally;
    },
    async conclude(isLastOfPass) {
      await refused.conclude();
      await missing.conclude(isLastOfPass);
    },
  };
}

/**
 * The 404 and 403 answers of a sweep, held back until the walk is over: each may be the end of its
 * job, and all together a fault of upstream.
 */
export interface MissingAnswers {
  /** A job answered 200. */
  noteAlive(job: WatchedJob): void;
  /** Holds an answer back. Too many in a row pause all requests at once. */
  hold(job: WatchedJob, observation: MissingObservation): Promise<void>;
  /** How the previously seen jobs have answered so far. */
  readonly tally: AnswerCounts;
  /**
   * Settles what was held back.
   *
   * @param isLastOfPass whether every pending job has been asked about in this pass
   */
  conclude(isLastOfPass: boolean): Promise<void>;
}

/** What is known of the passes that a sweep goes on with. */
export interface PassTallies {
  /** How the jobs answered that earlier sweeps checked in the same pass. */
  readonly pass: PassAnswers;
  /** How they answered in the pass before. */
  readonly lastPass: PassAnswers;
}

/** How many answers are put on record at a time. */
const CONCURRENCY = 50;

/** The missing answers of one sweep. */
export function createMissingAnswers(
  context: SweepContext,
  { pass, lastPass }: PassTallies,
  pauses: Pauses,
  settlement: Settlement,
): MissingAnswers {
  const held: { job: WatchedJob; observation: MissingObservation }[] = [];
  const tally = { alive: 0, missing: 0 };
  let inARow = 0;
  let isUpstreamFault = false;

  return {
    noteAlive({ state }) {
      if (!isSeen(state)) return;
      tally.alive += 1;
      inARow = 0;
    },
    async hold(job, observation) {
      held.push({ job, observation });
      if (!isSeen(job.state)) return;
      tally.missing += 1;
      inARow += 1;
      if (inARow < MISSING_IN_A_ROW) return;
      isUpstreamFault = true;
      await pauses.pause('UpstreamFault');
    },
    get tally() {
      return { ...tally };
    },
    async conclude(isLastOfPass) {
      const isTelling = isLastOfPass || lastPass.alive > 0;
      const verdict = isUpstreamFault ? 'UpstreamFault' : weighMissing(tally, pass, isTelling);
      if (verdict === 'UpstreamFault') await pauses.pause('UpstreamFault');
      const { now } = context.clock();
      await pMap(
        held,
        ({ job, observation }) => {
          if (verdict === 'Believe') return settlement.settle(job, observation);
          return settlement.settle(job, now >= job.timeoutAt ? unbelieved(observation) : undefined);
        },
        { concurrency: CONCURRENCY },
      );
    },
  };
}

/** What a missing answer is to a job past its time when it cannot be taken for the job's end. */
function unbelieved({ status }: MissingObservation): FailedObservation {
  const message = `Upstream answered ${status}, for all other jobs too.`;
  return { kind: 'Failed', error: { name: 'UpstreamFault', message } };
}

/**
 * The jobs that refused even a renewed token (401), held back until the walk is over: they may be at
 * fault, or our credentials.
 */
export interface RefusedJobs {
  /** A token of ours got a 200. */
  noteAccepted(): void;
  /** Holds a job back. Too many, and nobody that accepts us, pause all requests at once. */
  hold(job: WatchedJob): Promise<void>;
  /** Settles what was held back, unless the credentials are at fault. */
  conclude(): Promise<void>;
}

const UNAUTHORIZED: FailedObservation = {
  kind: 'Failed',
  error: {
    name: 'Unauthorized',
    message: 'Upstream refuses this job (401), though not the access token as such.',
  },
};

/** The refused jobs of one sweep. */
export function createRefusedJobs(
  { report }: SweepContext,
  pauses: Pauses,
  settlement: Settlement,
): RefusedJobs {
  const held: WatchedJob[] = [];
  let isAccepted = false;

  function isOurFault(isWalkOver: boolean): boolean {
    const tally = { checked: report.checks, refused: held.length, isAccepted };
    return areCredentialsAtFault(tally, isWalkOver);
  }

  return {
    noteAccepted() {
      isAccepted = true;
    },
    async hold(job) {
      held.push(job);
      report.refusals += 1;
      if (isOurFault(false)) await pauses.pause('CredentialsRefused');
    },
    async conclude() {
      if (isOurFault(true)) return pauses.pause('CredentialsRefused');
      await pMap(held, (job) => settlement.settle(job, UNAUTHORIZED), { concurrency: CONCURRENCY });
    },
  };
}
