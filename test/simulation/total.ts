import { SECOND } from '../../functions/core/time.ts';
import type { TroubleKind } from './faults.ts';
import type { Figures } from './figures.ts';
import { countValue, type Histogram } from './histogram.ts';

/** The figures of many runs: plain data of the same size however many there are. */
export interface Total {
  runs: number;
  /** How often an invariant was checked. */
  checks: number;
  alerts: number;
  duplicates: number;
  readonly faults: Map<TroubleKind, number>;
  /** What a run has. */
  readonly perRun: Readonly<Record<'jobs' | 'sweeps' | 'faults', Histogram>>;
  /** How long (s) it took from each end upstream until somebody was told. */
  readonly delays: Histogram;
}

/** The figures of no runs. */
export function createTotal(): Total {
  return {
    runs: 0,
    checks: 0,
    alerts: 0,
    duplicates: 0,
    faults: new Map(),
    perRun: { jobs: new Map(), sweeps: new Map(), faults: new Map() },
    delays: new Map(),
  };
}

/** Adds one run. */
export function addRun(total: Total, run: Figures): void {
  total.runs += 1;
  total.checks += run.checks;
  total.alerts += run.alerts;
  total.duplicates += run.duplicates;
  addCounts(total.faults, run.faults);
  countValue(total.perRun.jobs, run.jobs);
  countValue(total.perRun.sweeps, run.sweeps);
  countValue(
    total.perRun.faults,
    [...run.faults.values()].reduce((sum, count) => sum + count, 0),
  );
  for (const delay of run.delays) countValue(total.delays, Math.round(delay / SECOND));
}

/** Adds the figures of other runs. */
export function addTotal(total: Total, other: Total): void {
  total.runs += other.runs;
  total.checks += other.checks;
  total.alerts += other.alerts;
  total.duplicates += other.duplicates;
  addCounts(total.faults, other.faults);
  addCounts(total.perRun.jobs, other.perRun.jobs);
  addCounts(total.perRun.sweeps, other.perRun.sweeps);
  addCounts(total.perRun.faults, other.perRun.faults);
  addCounts(total.delays, other.delays);
}

function addCounts<Key>(counts: Map<Key, number>, others: ReadonlyMap<Key, number>): void {
  for (const [key, count] of others) counts.set(key, (counts.get(key) ?? 0) + count);
}
