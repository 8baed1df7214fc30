/** How often what came of what: the one by rows, the other by columns. */
export interface Tally {
  count(row: string, column: string | number): void;
  /** The figures of a row, by column. */
  row(row: string): ReadonlyMap<string, number>;
  /** All of it in Markdown. */
  report(heading: string): string;
}

const ENGLISH = new Intl.NumberFormat('en');

/** A tally of nothing. */
export function createTally(): Tally {
  const rows = new Map<string, Map<string, number>>();
  const rowOf = (row: string) => rows.get(row) ?? new Map<string, number>();
  return {
    count(row, column) {
      const counts = rowOf(row);
      counts.set(String(column), (counts.get(String(column)) ?? 0) + 1);
      rows.set(row, counts);
    },
    row: rowOf,
    report(heading) {
      const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(lineOf);
      return [`| ${heading} | times | answers |`, '|---|---:|---|', ...lines].join('\n');
    },
  };
}

function lineOf([row, counts]: readonly [string, ReadonlyMap<string, number>]): string {
  const columns = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = columns.reduce((sum, [, times]) => sum + times, 0);
  const answers = columns.map(([column, times]) => `${column}: ${ENGLISH.format(times)}`);
  return `| ${row} | ${ENGLISH.format(all)} | ${answers.join(', ')} |`;
}
