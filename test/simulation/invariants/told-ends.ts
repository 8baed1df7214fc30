import type { Job } from '../../../functions/core/jobs/job.ts';
import { isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import type { Happening } from '../happenings.ts';
import type { HappeningOf, WorldView } from './invariant.ts';

/** What has ended in a span of time, and how many jobs came to it or left it lately. */
interface Ended {
  readonly jobs: readonly Job[];
  readonly changed: number;
}

/** A span of time (ms since the epoch): from the one on and before the other. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The ends that somebody was to be told of: not of runs that were over when their iModel began to be watched. */
export function createToldEnds({ now, jobs }: WorldView) {
  const untold = new Set<string>();
  const changes: { readonly at: number; readonly endedAt: number }[] = [];

  function noteChange(job: Job | undefined): void {
    if (job?.endedAt === undefined || untold.has(job.jobId)) return;
    changes.push({ at: now(), endedAt: job.endedAt });
  }

  function noteWrite({ before, after }: HappeningOf<'JobWritten'>): void {
    if (before?.endedAt === after.endedAt) return;
    noteChange(before);
    const isOver = before && isTerminal(after.state) && after.state !== 'Cancelled';
    if (isOver && before.isQuietIfOver && !isSeen(before.state)) untold.add(after.jobId);
    else untold.delete(after.jobId);
    noteChange(after);
  }

  return {
    note: {
      JobWritten: noteWrite,
      JobExpired({ job }: HappeningOf<'JobExpired'>): void {
        noteChange(job);
        untold.delete(job.jobId);
      },
    } satisfies { readonly [Kind in Happening['kind']]?: (one: HappeningOf<Kind>) => void },
    /** @param since what has changed from then on (ms since the epoch) */
    within({ from, to }: Span, since: number): Ended {
      const isWithin = (endedAt = -1) => endedAt >= from && endedAt < to;
      return {
        jobs: [...jobs()].filter(({ jobId, endedAt }) => isWithin(endedAt) && !untold.has(jobId)),
        changed: changes.filter(({ at, endedAt }) => at >= since && isWithin(endedAt)).length,
      };
    },
  };
}

/** How many of them are in each state. */
function statesOf(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/**
 * How far counts by state are from those of the jobs.
 *
 * @returns the state in which they are furthest apart, and by how much
 */
export function furthest(
  told: Readonly<Record<string, number>>,
  jobs: readonly Job[],
): { readonly state: string; readonly by: number } {
  const counts = statesOf(jobs);
  const states = [...new Set([...Object.keys(told), ...counts.keys()])];
  return states
    .map((state) => ({ state, by: Math.abs((told[state] ?? 0) - (counts.get(state) ?? 0)) }))
    .reduce((one, other) => (other.by > one.by ? other : one), { state: 'none', by: 0 });
}
