import { isTokenFault } from '../../core/errors.ts';
import type { WatchedJob } from '../../core/jobs/job.ts';
import type { Api } from '../../core/kinds/kind.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import {
  type ApiAnswers,
  answersOf,
  isLimitedAlone,
  isOfNoUse,
  isUnanswered,
} from '../../core/sweeps/faults.ts';
import type { SweepContext } from '../context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { CheckResult } from './check.ts';
import { createMissingRuns, createOutage, createRefusedJobs } from './held-answers.ts';
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
  /**
   * Whether enough runs of an API have shown that it is at fault. The others are asked all the same: behind
   * hundreds of its runs theirs would wait for hours.
   */
  isAtFault(api: Api): boolean;
  /** How the previously seen jobs have answered so far. */
  readonly counts: ApiAnswers;
  /**
   * Records what was held back.
   *
   * @param isPassWhole whether the pass has come by every pending job, and by none whose turn it was not
   */
  conclude(isPassWhole: boolean): Promise<void>;
}

type RateLimited = Extract<CheckResult, { kind: 'RateLimited' }>;

/** The answers of one sweep, which goes on from the checkpoint `found`. */
export function createAnswers(
  context: SweepContext,
  { breaker, contact }: Upstream,
  recorder: Recorder,
  found: Checkpoint,
): Answers {
  let isAnyLeft = false;
  const refused = createRefusedJobs(context, { breaker, contact }, recorder);
  const apis = perApi((api) => ({
    missing: createMissingRuns(context, breaker, recorder, {
      pass: answersOf(found.answers ?? {}, api),
      lastPass: answersOf(found.lastPassAnswers ?? {}, api),
    }),
    outage: createOutage(breaker, recorder, found),
  }));

  async function takeLimit(job: WatchedJob, { retryAt, cause }: RateLimited): Promise<void> {
    const isAlone = isLimitedAlone(job, kindOf(job).api, contact.current);
    if (!isAlone) await breaker.rateLimited(retryAt, cause);
    await recorder.record(job, { kind: 'Limited', isAlone, retryAt });
  }

  return {
    async take(job, result) {
      isAnyLeft ||= result.kind === 'NotAsked';
      if (result.kind === 'NotAsked') return;
      if (result.kind !== 'RateLimited') context.report.checks += 1;
      const { api } = kindOf(job);
      const { missing, outage } = apis.of(api);
      const isOfUse = result.kind !== 'Failed' || !isOfNoUse(result.error);
      if (!isOfUse) contact.failed(api);
      if (result.kind === 'Failed' && isUnanswered(result.error)) return outage.take(job, result);
      const isAlive = result.kind === 'Status' || result.kind === 'Pending';
      // The answer of a list was heard when it came.
      const isListed = result.kind === 'Status' && result.isListed;
      if (isOfUse && !isListed) contact.answered(api, isAlive ? api : undefined);
      outage.deny();
      if (result.kind === 'RateLimited') return takeLimit(job, result);
      if (result.kind === 'Missing') return missing.hold(job, result);
      if (result.kind === 'Unauthorized') return refused.hold(job, result.cause);
      if (isAlive) {
        breaker.upstreamAnswered();
        // A 202 shows nothing of the run, so it does not show that others, which are missing, are gone.
        if (result.kind === 'Status') missing.seenAlive(job);
      }
      await recorder.record(job, result);
    },
    isAtFault(api) {
      const { missing, outage } = apis.asked(api) ?? {};
      return Boolean(missing?.isAtFault || outage?.isAtFault) || refused.isAtFault(api);
    },
    takeError: async (job, error) =>
      isTokenFault(error) ? breaker.noToken(error) : recorder.fail(job, error),
    get counts() {
      return Object.fromEntries(
        apis.all().map(([api, { missing }]) => [api, { ...missing.counts }]),
      );
    },
    async conclude(isPassWhole) {
      for (const [, { outage }] of apis.all()) await outage.conclude();
      await refused.conclude();
      for (const [, { missing }] of apis.all()) await missing.conclude(isPassWhole && !isAnyLeft);
    },
  };
}

/** One of something for each API that is asked. */
function perApi<T>(create: (api: Api) => T) {
  const made = new Map<Api, T>();
  return {
    of(api: Api): T {
      const one = made.get(api) ?? create(api);
      made.set(api, one);
      return one;
    },
    asked: (api: Api) => made.get(api),
    all: () => [...made],
  };
}
