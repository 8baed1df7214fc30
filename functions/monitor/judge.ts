import pMap from 'p-map';
import { isTokenFault } from '../core/errors.ts';
import {
  areCredentialsAtFault,
  judgeMissing,
  MISSING_IN_A_ROW,
  OUTAGES_IN_A_ROW,
  type PassTally,
  type Tally,
} from '../core/evidence.ts';
import type { WatchedJob } from '../core/job.ts';
import {
  type FailedObservation,
  isOutage,
  type MissingObservation,
  type Observation,
} from '../core/observation.ts';
import { isSeen } from '../core/states.ts';
import type { CheckResult } from './check.ts';
import type { Pauses } from './pauses.ts';
import type { RecordObservation } from './record.ts';
import type { SettledKeys } from './settled-keys.ts';
import type { SweepContext } from './sweep-context.ts';

/** How many held-back answers are put on record at a time. */
const CONCURRENCY = 50;

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
  readonly record: RecordObservation;
  readonly keys: SettledKeys;
  /** How the jobs answered that earlier sweeps checked in the same pass. */
  readonly passTally: PassTally;
  /** How they answered in the pass before. */
  readonly lastPassTally: PassTally;
}

/** A judge for one sweep. */
export function createJudge(context: SweepContext, parts: JudgeParts): Judge {
  const { report, log } = context;
  const { pauses, record, keys, passTally, lastPassTally } = parts;
  const missing: { job: WatchedJob; observation: MissingObservation }[] = [];
  const refused: WatchedJob[] = [];
  const tally = { alive: 0, missing: 0, checked: 0 };
  let isAccepted = false;
  const inARow = { missing: 0, outages: 0 };
  let isUpstreamFault = false;

  /** Any error of ours settles its key too: no sick job may hold up the rest. */
  async function settle(job: WatchedJob, observation?: Observation): Promise<void> {
    try {
      if (observation) await record(job, observation);
    } catch (error) {
      return fail(job, error);
    }
    keys.settle(job.jobId);
  }

  function fail(job: WatchedJob, error: unknown): void {
    if (context.signal.aborted) return;
    report.errors += 1;
    log.error('A check could not be carried through', { jobId: job.jobId, error });
    keys.settle(job.jobId);
  }

  async function holdMissing(job: WatchedJob, observation: MissingObservation): Promise<void> {
    missing.push({ job, observation });
    if (!isSeen(job.state)) return;
    tally.missing += 1;
    inARow.missing += 1;
    if (inARow.missing < MISSING_IN_A_ROW) return;
    isUpstreamFault = true;
    await pauses.pause('UpstreamFault');
  }

  async function holdRefused(job: WatchedJob): Promise<void> {
    refused.push(job);
    report.refusals += 1;
    if (areRefusalsOurFault(false)) await pauses.pause('CredentialsRefused');
  }

  function areRefusalsOurFault(isWalkOver: boolean): boolean {
    const { checked } = tally;
    return areCredentialsAtFault({ checked, refused: refused.length, isAccepted }, isWalkOver);
  }

  async function concludeRefused(): Promise<void> {
    if (areRefusalsOurFault(true)) return pauses.pause('CredentialsRefused');
    await pMap(refused, (job) => settle(job, UNAUTHORIZED), { concurrency: CONCURRENCY });
  }

  async function concludeMissing(isLastOfPass: boolean): Promise<void> {
    const isTelling = isLastOfPass || lastPassTally.alive > 0;
    const verdict = isUpstreamFault ? 'UpstreamFault' : judgeMissing(tally, passTally, isTelling);
    if (verdict === 'UpstreamFault') await pauses.pause('UpstreamFault');
    const { now } = context.clock();
    await pMap(
      missing,
      ({ job, observation }) => {
        if (verdict === 'Believe') return settle(job, observation);
        return settle(job, now >= job.timeoutAt ? unbelieved(observation) : undefined);
      },
      { concurrency: CONCURRENCY },
    );
  }

  return {
    async take(job, result) {
      if (result.kind === 'NotAsked') return;
      if (result.kind === 'RateLimited') return pauses.rateLimited(result.retryAt);
      report.checks += 1;
      tally.checked += 1;
      const isDown = result.kind === 'Failed' && isOutage(result.error);
      inARow.outages = isDown ? inARow.outages + 1 : 0;
      if (inARow.outages >= OUTAGES_IN_A_ROW) await pauses.pause('UpstreamDown');
      if (result.kind === 'Missing') return holdMissing(job, result);
      if (result.kind === 'Unauthorized') return holdRefused(job);
      if (result.kind === 'Status') {
        isAccepted = true;
        pauses.upstreamAnswered();
        if (isSeen(job.state)) {
          tally.alive += 1;
          inARow.missing = 0;
        }
      }
      await settle(job, result);
    },
    async takeError(job, error) {
      if (isTokenFault(error)) return pauses.noToken(error);
      fail(job, error);
    },
    get tally() {
      const { alive, missing } = tally;
      return { alive, missing };
    },
    async conclude(isLastOfPass) {
      await concludeRefused();
      await concludeMissing(isLastOfPass);
    },
  };
}

const UNAUTHORIZED: FailedObservation = {
  kind: 'Failed',
  error: {
    name: 'Unauthorized',
    message: 'Upstream refuses this job (401), though not the access token as such.',
  },
};

/** What a missing answer is to a job past its time when it cannot be taken for the job's end. */
function unbelieved({ status }: MissingObservation): FailedObservation {
  const message = `Upstream answered ${status}, for all other jobs too.`;
  return { kind: 'Failed', error: { name: 'UpstreamFault', message } };
}
