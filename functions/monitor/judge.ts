import { isTokenFault } from '../core/errors.ts';
import { OUTAGES_IN_A_ROW, type Tally } from '../core/evidence.ts';
import type { WatchedJob } from '../core/job.ts';
import { isOutage } from '../core/observation.ts';
import type { CheckResult } from './check.ts';
import { createMissingAnswers, type PassTallies } from './missing-answers.ts';
import type { Pauses } from './pauses.ts';
import { createRefusedJobs } from './refused-jobs.ts';
import type { Settlement } from './settlement.ts';
import type { SweepContext } from './sweep-context.ts';

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
  readonly tally: Tally;
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
