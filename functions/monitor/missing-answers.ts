import pMap from 'p-map';
import { judgeMissing, MISSING_IN_A_ROW, type PassTally, type Tally } from '../core/evidence.ts';
import type { WatchedJob } from '../core/job.ts';
import type { FailedObservation, MissingObservation } from '../core/observation.ts';
import { isSeen } from '../core/states.ts';
import type { Pauses } from './pauses.ts';
import type { Settlement } from './settlement.ts';
import type { SweepContext } from './sweep-context.ts';

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
  readonly tally: Tally;
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
  readonly pass: PassTally;
  /** How they answered in the pass before. */
  readonly lastPass: PassTally;
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
      const verdict = isUpstreamFault ? 'UpstreamFault' : judgeMissing(tally, pass, isTelling);
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
