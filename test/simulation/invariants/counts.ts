import { isTerminal } from '../../../functions/core/jobs/states.ts';
import type { GroupedFigures } from '../../../functions/core/statistics/figures.ts';
import type { Invocation } from '../invocation.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { createToldEnds, furthest } from './told-ends.ts';

/** What must hold for the numbers that people are told. */
export const countInvariants: readonly Invariant[] = [
  { name: 'a digest counts the runs that ended, in each state', watch: rightCounts },
  { name: 'a digest counts the jobs that are pending', watch: rightPending },
  { name: 'the figures of a month are those of the runs that ended in it', watch: rightMonths },
];

/** When each sweep began (ms since the epoch). */
function createBegins({ now }: WorldView) {
  const began = new Map<Invocation, number>();
  return {
    of: (by: Invocation) => began.get(by) ?? 0,
    note({ by }: HappeningOf<'Began'>): void {
      if (by.kind === 'sweep') began.set(by, now());
    },
    forget({ by }: HappeningOf<'Ended'>): void {
      began.delete(by);
    },
  };
}

/** The jobs are read one after the other before the digest is taken: some may have changed by then. */
function rightCounts(world: WorldView): Watcher {
  const ends = createToldEnds(world);
  const begins = createBegins(world);
  return {
    note: { ...ends.note, Began: begins.note },
    judge: {
      DigestAccepted({ by, digest }) {
        const { id, runs, outcomes } = digest;
        const { jobs, changed } = ends.within(digest, begins.of(by));
        if (Math.abs(runs - jobs.length) > changed) return `${id} counts ${runs} of ${jobs.length}`;
        const { state, by: wrong } = furthest(outcomes, jobs);
        return wrong > changed ? `${id} counts ${outcomes[state]} as ${state}` : undefined;
      },
    },
  };
}

/** By the index, which lags, and may show a job that its iModel has just adopted twice or not at all. */
function rightPending(world: WorldView): Watcher {
  const { plan, now, jobs } = world;
  const begins = createBegins(world);
  let changes: number[] = [];
  const change = () => void changes.push(now());
  return {
    note: {
      Began: begins.note,
      JobWritten({ before, after }) {
        const isMoved = before !== undefined && before.iModelId !== after.iModelId;
        const wasPending = before !== undefined && !isTerminal(before.state);
        if (isMoved || wasPending === isTerminal(after.state)) change();
      },
    },
    judge: {
      DigestAccepted({ by, digest: { id, pending } }) {
        changes = changes.filter((at) => at >= begins.of(by) - plan.indexLag);
        const all = [...jobs()].filter(({ state }) => !isTerminal(state)).length;
        const isRight = Math.abs(pending - all) <= changes.length;
        return isRight ? undefined : `${id} says that ${pending} are pending, of ${all}`;
      },
    },
  };
}

/** What goes off the record while it is counted may be counted or not. */
function rightMonths(world: WorldView): Watcher {
  const ends = createToldEnds(world);
  const begins = createBegins(world);
  return {
    note: { ...ends.note, Began: begins.note },
    judge: {
      MonthKept({ by, figures: { month, after, by: grouped } }) {
        if (after !== undefined) return;
        const from = Date.parse(`${month}-01T00:00:00Z`);
        const [year = 0, number = 0] = month.split('-').map(Number);
        const { jobs, changed } = ends.within({ from, to: Date.UTC(year, number) }, begins.of(by));
        for (const [grouping, groups] of Object.entries(grouped)) {
          const { state, by: wrong } = furthest(statesIn(groups), jobs);
          if (wrong > changed) return `by ${grouping} ${month} has ${wrong} ${state} more or less`;
        }
        return undefined;
      },
    },
  };
}

function statesIn({ groups, others }: GroupedFigures): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  const all = [...groups.map(([, figures]) => figures), ...(others ? [others] : [])];
  for (const { states } of all)
    for (const [state, runs] of Object.entries(states)) sum[state] = (sum[state] ?? 0) + runs;
  return sum;
}
