import { MAX_INTERVAL } from '../../functions/core/sweeps/schedule.ts';
import { figure, numberTicks, type Panel, type Series, type Tick } from '../report/plot.ts';
import { markdownTable } from '../report/table.ts';
import { POLICIES, type Results, type Row } from './delay-by-load.ts';
import { lengthsOf } from './workloads.ts';

/** One workload's mean delays in minutes, with how far the monitor is from the optimum. */
export function delayTable(rows: readonly Row[], budget: number): string {
  const head = ['running', '÷ budget', 'optimum', ...POLICIES.map(({ name }) => name)];
  return markdownTable(
    head,
    rows.map(({ running, optimum, outcomes }) => [
      running.toLocaleString('en'),
      number(running / budget),
      number(optimum),
      ...POLICIES.map(({ name }) => {
        const { meanDelay } = outcomes[name];
        return `${number(meanDelay)} (${(meanDelay / optimum).toFixed(2)} ×)`;
      }),
    ]),
  );
}

/** What is promised of the longest wait, and of the index entries read, beside what was seen. */
export function boundTable(results: Results, budget: number): string {
  const rows = [...results].flatMap(([workload, measured]) =>
    measured
      .filter(({ running }) => running > budget)
      .map(({ running, outcomes }) => {
        const { longestWait, peak, comeByPerCheck } = outcomes['turns, learned'];
        const registrations = running / lengthsOf(workload).mean;
        return [
          workload.name,
          running.toLocaleString('en'),
          number(longestWait),
          number(waitBound(peak, budget, registrations)),
          number(outcomes['round robin'].longestWait),
          comeByPerCheck.toFixed(2),
        ];
      }),
  );
  const head = [
    'runs',
    'running',
    'longest wait, min',
    'bound, min',
    'with round robin, min',
    'entries read for each check',
  ];
  return markdownTable(head, rows);
}

/**
 * The longest (minutes) that any job may wait: eight passes over so many pending jobs, and those that
 * are registered ahead of a pass while it lasts.
 *
 * @param registrations a minute
 */
export function waitBound(pending: number, budget: number, registrations: number): number {
  return MAX_INTERVAL * Math.ceil(pending / (budget - registrations));
}

/** Mean delay against load, a panel for each workload. */
export function delayFigure(results: Results, budget: number): string {
  return figureOf(results, budget, {
    caption: 'Mean delay against the number of runs under way, for each policy',
    yLabel: 'mean delay',
    xTicks: numberTicks(10, 100, 1_000, 10_000, 100_000),
    yTicks: DELAY_TICKS,
    show: (delay) => delay,
  });
}

/** Mean delay over that of the optimum, with more jobs than budget. */
export function overloadFigure(results: Results, budget: number): string {
  const overload = [...results].map(
    ([workload, rows]) => [workload, rows.filter(({ running }) => running >= budget)] as const,
  );
  return figureOf(new Map(overload), budget, {
    caption: 'Mean delay over that of the offline optimum under overload, for each policy',
    yLabel: 'mean delay ÷ offline optimum',
    xTicks: numberTicks(5_000, 10_000, 20_000, 50_000, 100_000),
    yTicks: numberTicks(1, 1.25, 1.5, 2, 3, 5),
    show: (delay, optimum) => Math.min(5, Math.max(1, delay / optimum)),
  });
}

function figureOf(
  results: Results,
  budget: number,
  view: Pick<Panel, 'yLabel' | 'xTicks' | 'yTicks'> & {
    readonly caption: string;
    show(delay: number, optimum: number): number;
  },
): string {
  const { caption, show, ...axes } = view;
  return figure(
    caption,
    [...results].map(([{ name }, rows]): Panel => {
      const line = (of: (row: Row) => number): Series['points'] =>
        rows.map((row) => [row.running, show(of(row), row.optimum)]);
      return {
        ...axes,
        title: name,
        xLabel: `runs under way; the budget is ${budget.toLocaleString('en')} checks a minute`,
        series: [
          ...PLOTTED.map((policy, i) => ({
            name: policy.name,
            points: line(({ outcomes }) => outcomes[policy.name].meanDelay),
            isOwn: i === 0,
          })),
          { name: 'offline optimum', points: line(({ optimum }) => optimum), isBound: true },
        ],
      };
    }),
  );
}

/** Those with a line in the figures: all but the one that shows what a wrong kind of table costs. */
const PLOTTED = POLICIES.filter(({ name }) => name !== 'turns, as if found at once');

const DELAY_TICKS: readonly Tick[] = [
  { at: 0.33, label: '20 s' },
  { at: 0.5, label: '30 s' },
  { at: 1, label: '1 min' },
  { at: 2, label: '2 min' },
  { at: 5, label: '5 min' },
  { at: 10, label: '10 min' },
  { at: 20, label: '20 min' },
];

function number(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}
