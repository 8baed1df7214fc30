import { PRICES, type Price, type Priced } from './prices.ts';

/** How many of what. */
export type Quantities = Readonly<Partial<Record<Priced, number>>>;

/** A way to watch runs, in what it uses up. */
export interface Design {
  readonly name: string;
  /** Used every month, however many jobs there are. */
  readonly monthly: Quantities;
  perCheck(load: Load): Quantities;
  /** Used once for each run: its registration, its changes of state, its alert. */
  readonly perRun: Quantities;
}

/** What there is to watch. */
export interface Load {
  /** Jobs pending at a time. */
  readonly pending: number;
  /** How long a run takes, in minutes. */
  readonly runMinutes: number;
}

/** What watching costs, in dollars. */
export interface Cost {
  readonly perMonth: number;
  /** The same where nothing else in the account uses up what is always free. */
  readonly perMonthBeyondFree: number;
  /** All that is spent on checks, the monthly part included; what each run costs once is not in it. */
  readonly perMillionChecks: number;
  /** All there is. */
  readonly perThousandRuns: number;
}

const MINUTES_PER_MONTH = (365 / 12) * 24 * 60;

/** The most that upstream lets a subscription ask in a minute [iTwin Platform, rate limits]. */
export const MAX_CHECKS_PER_MINUTE = 5_000;

/** Checks in a month: each job once a minute, which is the equal delay, as far as upstream allows. */
export function checksPerMonth({ pending }: Load): number {
  return Math.min(pending, MAX_CHECKS_PER_MINUTE) * MINUTES_PER_MONTH;
}

/** Runs that end in a month. */
export function runsPerMonth({ pending, runMinutes }: Load): number {
  return (pending / runMinutes) * MINUTES_PER_MONTH;
}

/** Sweeps, or invocations of any other kind once a minute, in a month. */
export const SWEEPS_PER_MONTH = MINUTES_PER_MONTH;

/** What these quantities cost, in dollars. */
export function usd(quantities: Quantities): number {
  return Object.entries(quantities).reduce(
    (sum, [priced, count]) => sum + PRICES[priced as Priced].usd * count,
    0,
  );
}

/** What is left to be paid of a month's quantities. */
function beyondFree(quantities: Quantities): Quantities {
  return Object.fromEntries(
    Object.entries(quantities).map(([priced, count]) => {
      const { free = 0 }: Price = PRICES[priced as Priced];
      return [priced, Math.max(0, count - free)];
    }),
  );
}

/** What a design costs under a load. */
export function costOf(design: Design, load: Load): Cost {
  const [checks, runs] = [checksPerMonth(load), runsPerMonth(load)];
  const watching = usd(design.monthly) + usd(design.perCheck(load)) * checks;
  const perMonth = watching + usd(design.perRun) * runs;
  const all = together(
    design.monthly,
    times(checks, design.perCheck(load)),
    times(runs, design.perRun),
  );
  return {
    perMonth,
    perMonthBeyondFree: usd(beyondFree(all)),
    perMillionChecks: (watching / checks) * 1_000_000,
    perThousandRuns: (perMonth / runs) * 1_000,
  };
}

/**
 * From how many pending jobs on checks by `own` cost at most `1 / factor` of those by `peer`, up to
 * the load at which upstream's limit is reached and nothing changes any more.
 *
 * @returns undefined when they never do
 */
export function breakEven(own: Design, peer: Design, factor: number): number | undefined {
  for (let pending = 1; pending <= MAX_CHECKS_PER_MINUTE; pending += 1) {
    const load = { pending, runMinutes: 60 };
    const [ours, theirs] = [own, peer].map((design) => costOf(design, load).perMillionChecks);
    if ((ours ?? 0) * factor <= (theirs ?? 0)) return pending;
  }
  return undefined;
}

/** Several quantities together. */
export function together(...all: readonly Quantities[]): Quantities {
  const sum: Partial<Record<Priced, number>> = {};
  for (const [priced, count] of all.flatMap((quantities) => Object.entries(quantities))) {
    sum[priced as Priced] = (sum[priced as Priced] ?? 0) + count;
  }
  return sum;
}

/** So many times these quantities. */
export function times(factor: number, quantities: Quantities): Quantities {
  return Object.fromEntries(
    Object.entries(quantities).map(([priced, count]) => [priced, factor * count]),
  );
}
