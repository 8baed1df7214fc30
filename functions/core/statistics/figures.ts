import type { WatchedJob } from '../jobs/job.ts';
import type { State } from '../jobs/states.ts';
import { DEFAULT_KIND } from '../kinds/kinds.ts';
import { countLength, type LengthCounts, mergeCounts } from './lengths.ts';

/** By what runs are grouped. */
export const GROUPINGS = ['label', 'iModel', 'jobKind', 'state'] as const;

/** One of these ways to group runs. */
export type Grouping = (typeof GROUPINGS)[number];

/** An ended run, as far as figures tell of it. */
export type EndedRun = Pick<
  WatchedJob,
  'jobId' | 'kind' | 'iModelId' | 'label' | 'state' | 'containsIssues' | 'endedAt' | 'runLength'
>;

/** Figures of runs that have ended. */
export interface Figures {
  /** How many ended in each state. */
  readonly states: Readonly<Record<State, number>>;
  /** How many certainly met with issues. */
  readonly withIssues: number;
  /** How long those took of which it is known. */
  readonly lengths: LengthCounts;
}

/** Figures of no run. */
const NO_FIGURES: Figures = { states: {}, withIssues: 0, lengths: {} };

/** What a group is called; null: that of the runs which have no label, or no iModel. */
export type GroupName = string | null;

/** Runs by group. */
export interface GroupedFigures {
  /** The largest first; each tells of all runs of its group. */
  readonly groups: readonly (readonly [name: GroupName, figures: Figures])[];
  /** All runs of other groups; absent when there are none. */
  readonly others?: Figures;
}

/** As many groups as are told apart: the rest are "others". */
export const MOST_GROUPS = 1_000;

/** The figures of one run. */
export function figuresOf({ state, containsIssues, runLength }: EndedRun): Figures {
  return {
    states: { [state]: 1 },
    withIssues: containsIssues ? 1 : 0,
    lengths: runLength === undefined ? {} : countLength({}, runLength),
  };
}

/** The group of a run. */
export function groupOf(run: EndedRun, grouping: Grouping): GroupName {
  switch (grouping) {
    case 'label':
      return run.label ?? null;
    case 'iModel':
      return run.iModelId ?? null;
    case 'jobKind':
      return run.kind ?? DEFAULT_KIND;
    case 'state':
      return run.state;
  }
}

/** How many runs figures are of. */
export function runsIn({ states }: Figures): number {
  return Object.values(states).reduce((sum, runs) => sum + runs, 0);
}

/** The figures of several groups of runs together. */
function mergeFigures(all: readonly Figures[]): Figures {
  return {
    states: mergeCounts(all.map(({ states }) => states)),
    withIssues: all.reduce((sum, { withIssues }) => sum + withIssues, 0),
    lengths: mergeCounts(all.map(({ lengths }) => lengths)),
  };
}

/** The figures of all runs of all groups. */
export function totalOf({ groups, others = NO_FIGURES }: GroupedFigures): Figures {
  return mergeFigures([...groups.map(([, figures]) => figures), others]);
}

/** Adds up runs group by group, in a memory that does not grow with their number. */
export interface FiguresByGroup {
  add(name: GroupName, figures: Figures): void;
  addAll(grouped: GroupedFigures): void;
  /** @param most how many groups are told apart, at most `MOST_GROUPS` */
  grouped(most?: number): GroupedFigures;
}

/**
 * No runs yet. The first thousand groups that come are told apart, so that each of them tells of all its
 * runs; those that come when there is no room any more go to the others whole.
 */
export function figuresByGroup(): FiguresByGroup {
  const groups = new Map<GroupName, Counts>();
  let others: Counts | undefined;
  const addOther = (figures: Figures) => {
    others ??= noCounts();
    addTo(others, figures);
  };
  const add = (name: GroupName, figures: Figures) => {
    if (!groups.has(name) && groups.size < MOST_GROUPS) groups.set(name, noCounts());
    const counts = groups.get(name);
    if (counts) addTo(counts, figures);
    else addOther(figures);
  };
  return {
    add,
    addAll(grouped) {
      for (const [name, figures] of grouped.groups) add(name, figures);
      if (grouped.others) addOther(grouped.others);
    },
    grouped(most = MOST_GROUPS) {
      const all = [...groups].toSorted(([, one], [, other]) => runsIn(other) - runsIn(one));
      const rest = all.slice(most).map(([, figures]) => figures);
      const outside = [...rest, ...(others ? [others] : [])];
      return {
        groups: all.slice(0, most),
        ...(outside.length > 0 && { others: mergeFigures(outside) }),
      };
    },
  };
}

/** Figures that are being added up: to make them anew for each of 100,000 runs would take seconds. */
interface Counts extends Figures {
  readonly states: Record<State, number>;
  withIssues: number;
  readonly lengths: Record<string, number>;
}

function noCounts(): Counts {
  return { states: {}, withIssues: 0, lengths: {} };
}

function addTo(counts: Counts, { states, withIssues, lengths }: Figures): void {
  for (const state in states)
    counts.states[state] = (counts.states[state] ?? 0) + (states[state] ?? 0);
  for (const length in lengths)
    counts.lengths[length] = (counts.lengths[length] ?? 0) + (lengths[length] ?? 0);
  counts.withIssues += withIssues;
}
