import { formatDuration, SECOND } from '../../functions/core/time.ts';
import { type Histogram, quantile } from './histogram.ts';
import { INVARIANTS } from './invariants/all.ts';
import type { Total } from './total.ts';

/** How the runs came about. */
export interface Circumstances {
  readonly firstSeed: number;
  readonly processes: number;
  readonly seconds: number;
  readonly violations: number;
}

const ENGLISH = new Intl.NumberFormat('en');

/** What many runs were like, in Markdown. */
export function reportOf(total: Total, circumstances: Circumstances): string {
  const { firstSeed, processes, seconds, violations } = circumstances;
  const { runs, checks, alerts, duplicates, perRun, delays } = total;
  const took = formatDuration(Math.max(1, Math.round(seconds)) * SECOND);
  const rate = ENGLISH.format(Math.round(runs / seconds));
  return [
    `${ENGLISH.format(runs)} runs from seed ${firstSeed} in ${took} (${rate} a second, ` +
      `${processes} ${processes === 1 ? 'process' : 'processes'}): ${violations} violations`,
    '',
    '| | |',
    '|---|---:|',
    row('invariants', INVARIANTS.length),
    row('times that one was checked', checks),
    row('alerts', alerts),
    row('duplicates of alerts', duplicates),
    row('from an end upstream to its alert: median', ...durations(delays, 0.5)),
    row('99 %', ...durations(delays, 0.99)),
    row('worst', ...durations(delays, 1)),
    '',
    '| a run has | min | 10 % | median | 90 % | max |',
    '|---|---:|---:|---:|---:|---:|',
    ...Object.entries(perRun).map(([name, values]) => row(name, ...spread(values))),
    '',
    '| what went wrong | times |',
    '|---|---:|',
    ...[...total.faults].sort(([, a], [, b]) => b - a).map(([kind, count]) => row(kind, count)),
  ].join('\n');
}

/** How far a batch is, in a line. */
export function progressOf({ runs }: Total, goal: number, seconds: number): string {
  const rate = runs / seconds;
  const left = formatDuration(Math.round((goal - runs) / rate) * SECOND);
  return (
    `${ENGLISH.format(runs)} of ${ENGLISH.format(goal)} runs, ` +
    `${ENGLISH.format(Math.round(rate))} a second, ${left} left`
  );
}

function spread(values: Histogram): number[] {
  return [0, 0.1, 0.5, 0.9, 1].map((share) => quantile(values, share));
}

function durations(delays: Histogram, ...shares: number[]): string[] {
  return shares.map((share) => formatDuration(quantile(delays, share) * SECOND));
}

function row(name: string, ...cells: readonly (number | string)[]): string {
  const texts = cells.map((cell) => (typeof cell === 'number' ? ENGLISH.format(cell) : cell));
  return `| ${[name, ...texts].join(' | ')} |`;
}
