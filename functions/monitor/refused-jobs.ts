import pMap from 'p-map';
import { areCredentialsAtFault } from '../core/evidence.ts';
import type { WatchedJob } from '../core/job.ts';
import type { FailedObservation } from '../core/observation.ts';
import type { Pauses } from './pauses.ts';
import type { Settlement } from './settlement.ts';
import type { SweepContext } from './sweep-context.ts';

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

/** How many refusals are put on record at a time. */
const CONCURRENCY = 50;

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
