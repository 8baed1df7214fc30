import type { Figures, Statistics } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { last, timeOf } from '../option-values.ts';
import type { Screen } from '../screen.ts';
import { plain } from '../text.ts';

/** By what runs may be grouped. */
const GROUPINGS = [
  'label',
  'iModel',
  'jobKind',
  'state',
] as const satisfies readonly Statistics['groupBy'][];

/** Columns of the table: a narrow terminal, 80 wide, still shows them. */
const COLUMNS = [
  ['runs', 7],
  ['ok', 6],
  ['failed', 7],
  ['other', 6],
  ['issues', 7],
  ['p50', 8],
  ['p90', 8],
  ['p95', 8],
] as const;
const NAME_WIDTH = 22;
/** The longest bar, and from how many columns on there is room for it. */
const BAR_WIDTH = 18;
const WIDE = 100;

/** `statistics`: how the runs of a time ended, and how long they took. */
export function addStatistics(cli: Cli, context: Context): Cli {
  return cli.command(
    'statistics',
    'How runs ended, and how long they took',
    (command) =>
      command
        .option('since', {
          alias: 'from',
          type: 'string',
          coerce: last,
          describe: 'Only runs that ended then or later: 7d (ago), a date  [30d]',
        })
        .option('before', {
          alias: 'to',
          type: 'string',
          coerce: last,
          describe: 'Only runs that ended before  [now]',
        })
        .option('group-by', {
          choices: GROUPINGS,
          default: 'label' as const,
          describe: 'By what to group the runs',
        })
        .example('$0 statistics --since 7d --group-by iModel', 'The last week by iModel')
        .example('$0 statistics --from 2026-01-01 --to 2026-02-01 --utc', 'January')
        .epilogue(
          'A time is as in "list". Of what ended more than 90 days ago only whole months (UTC) are known. ' +
            'ok, failed, other, issues: shares of the runs. p50, p90, p95: what half, 9 in 10 and 19 in 20 ' +
            'runs did not exceed, as far as their lengths are known; each may be off by a tenth. On a wide ' +
            'terminal a bar is as long as there were runs; its light end did not succeed. Into a pipe, a group is a line: name, runs, succeeded, failed, with issues, lengths known, p50, p90, ' +
            'p95 in seconds; tabs between them.',
        ),
    async ({ since, before, groupBy, ...options }) => {
      const now = context.surroundings.now();
      const { utc } = options;
      const query = {
        ...(since !== undefined && { from: timeOf('since', since, now, utc) }),
        ...(before !== undefined && { to: timeOf('before', before, now, utc) }),
        groupBy,
      };
      const statistics = accepted(
        await context.api(options).GET('/statistics', { params: { query } }),
        'groups',
      );
      const { screen } = context;
      if (options.json) screen.json(statistics);
      else screen.lines(linesOf(statistics, screen));
    },
  );
}

function linesOf(statistics: Statistics, screen: Screen): readonly string[] {
  const { from, to, groupBy, total, groups, others } = statistics;
  const rows: [string, Figures][] = [
    ...groups.map((group): [string, Figures] => [plain(group.name ?? '(none)'), group]),
    ...(others ? [['(others)', others] satisfies [string, Figures]] : []),
  ];
  if (!screen.isTerminal)
    return rows.map(([name, figures]) => [name, ...piped(figures)].join('\t'));
  const span = `Runs that ended from ${screen.time(from)} to ${screen.time(to)}`;
  if (total.runs === 0) return [`${span}: none.`];
  const head = COLUMNS.map(([title, width]) => title.padStart(width)).join('');
  const most = Math.max(...rows.map(([, { runs }]) => runs));
  const bar = (figures: Figures) => (screen.fits(WIDE) ? `  ${barOf(figures, most)}` : '');
  return [
    span,
    screen.dim(`${groupBy.padEnd(NAME_WIDTH)}${head}`),
    ...rows.map((row) => lineOf(...row) + bar(row[1])),
    ...(rows.length > 1 ? [lineOf('all', total)] : []),
  ];
}

function lineOf(name: string, figures: Figures): string {
  const { runs, withIssues, runLength } = figures;
  const { p50Seconds, p90Seconds, p95Seconds } = runLength;
  const [ok, failed] = [runsOf('Succeeded', figures), runsOf('Failed', figures)];
  const cells = [
    runs.toLocaleString('en'),
    ...[ok, failed, runs - ok - failed, withIssues].map((some) => percent(some / runs)),
    ...[p50Seconds, p90Seconds, p95Seconds].map(length),
  ];
  // Half an emoji would be none.
  const start = name.slice(0, NAME_WIDTH - 1).replace(/[\ud800-\udbff]$/, '');
  const shown = name.length > NAME_WIDTH ? `${start}…` : name;
  return shown.padEnd(NAME_WIDTH) + cells.map((cell, i) => cell.padStart(widthOf(i))).join('');
}

/** Against the group with most runs: those that succeeded, then the others. */
function barOf(figures: Figures, most: number): string {
  const ok = runsOf('Succeeded', figures);
  const cells = (runs: number) => Math.ceil((runs / most) * BAR_WIDTH);
  const all = cells(figures.runs);
  // One failure of many is to be seen.
  const others = cells(figures.runs - ok);
  return '█'.repeat(all - others) + '░'.repeat(others);
}

function widthOf(column: number): number {
  return COLUMNS[column]?.[1] ?? 0;
}

function piped(figures: Figures): readonly (number | string)[] {
  const { runs, withIssues, runLength } = figures;
  const { known, p50Seconds, p90Seconds, p95Seconds } = runLength;
  const ended = [runsOf('Succeeded', figures), runsOf('Failed', figures)];
  const lengths = [p50Seconds, p90Seconds, p95Seconds].map((seconds) => seconds ?? '');
  return [runs, ...ended, withIssues, known, ...lengths];
}

function runsOf(state: string, { outcomes }: Figures): number {
  return outcomes.find((outcome) => outcome.state === state)?.runs ?? 0;
}

/** Some of many is never 0 %, and not all never 100 %. */
function percent(share: number): string {
  if (share === 0) return '-';
  if (share < 0.01) return '<1%';
  return share < 1 && share > 0.99 ? '>99%' : `${Math.round(share * 100)}%`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** As exact as it is known. */
function length(seconds: number | null): string {
  if (seconds === null) return '-';
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ['s', 1];
  const count = seconds / size;
  // With a tenth, 9.96 would be 10.0, and as wide as its column.
  return `${count < 9.95 && unit !== 's' ? count.toFixed(1) : Math.round(count)} ${unit}`;
}
