import { formatDuration } from '../../functions/core/durations.ts';
import type { TroubleKind } from './faults.ts';
import type { Figures } from './figures.ts';
import { INVARIANTS } from './invariants/all.ts';

/** The figures of many runs. */
export interface Total {
  add(figures: Figures): void;
  readonly runs: readonly Omit<Figures, 'delays'>[];
  readonly faults: ReadonlyMap<TroubleKind, number>;
  /** How long (ms) it took from each end upstream until somebody was told. */
  readonly delays: readonly number[];
}

/** A total of no runs. */
export function addUp(): Total {
  const runs: Omit<Figures, 'delays'>[] = [];
  const faults = new Map<TroubleKind, number>();
  const delays: number[] = [];
  return {
    add({ delays: ofRun, ...figures }) {
      runs.push(figures);
      for (const delay of ofRun) delays.push(delay);
      for (const [kind, count] of figures.faults) faults.set(kind, (faults.get(kind) ?? 0) + count);
    },
    runs,
    faults,
    delays,
  };
}

/** How many faults a run met. */
export function faultsOf({ faults }: Pick<Figures, 'faults'>): number {
  return sum([...faults.values()]);
}

/** The value that such a share of the values stays at or below; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** What many runs were like, for people. */
export function reportOf(
  { runs, faults, delays }: Total,
  { firstSeed, seconds }: { readonly firstSeed: number; readonly seconds: number },
): string {
  const alerts = sum(runs.map((run) => run.alerts));
  const duplicates = sum(runs.map((run) => run.duplicates));
  const checks = sum(runs.map((run) => run.checks));
  const kinds = [...faults].sort(([, a], [, b]) => b - a);
  return [
    '',
    `${runs.length} runs from seed ${firstSeed} in ${seconds.toFixed(1)} s`,
    `${INVARIANTS.length} invariants, checked ${checks} times`,
    `${alerts} alerts, and ${duplicates} duplicates of them`,
    `from an end upstream to its alert: median ${formatDuration(quantile(delays, 0.5))}, ` +
      `99 % ${formatDuration(quantile(delays, 0.99))}, worst ${formatDuration(quantile(delays, 1))}`,
    '',
    'a run has                min   10 %  median   90 %    max',
    row(
      'jobs',
      runs.map((run) => run.jobs),
    ),
    row(
      'sweeps',
      runs.map((run) => run.sweeps),
    ),
    row('faults', runs.map(faultsOf)),
    '',
    'faults by kind',
    ...kinds.map(([kind, count]) => `  ${kind.padEnd(32)} ${String(count).padStart(8)}`),
  ].join('\n');
}

function row(name: string, values: readonly number[]): string {
  const shares = [0, 0.1, 0.5, 0.9, 1];
  const cells = shares.map((share) => String(quantile(values, share)).padStart(7));
  return `  ${name.padEnd(18)}${cells.join('')}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
