/** One line of a report. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  /** Absent for what is told beside the targets. */
  readonly target?: Target;
}

/** What is to be reached, in words, and whether it was. */
export interface Target {
  readonly text: string;
  readonly isMet: boolean;
}

/** Findings as a Markdown table. */
function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, target, measured }) => [
    what,
    target?.text ?? '',
    measured,
    target === undefined ? '' : target.isMet ? 'met' : '**missed**',
  ]);
  return [['what', 'target', 'measured', 'verdict'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Prints findings; a target that was missed ends the process with an error. */
export function report(findings: readonly Finding[]): void {
  console.log(tableOf(findings));
  if (findings.some(({ target }) => target?.isMet === false)) process.exitCode = 1;
}

/** The target that a ratio stays within a limit. */
export function atMost(limit: number, ratio: number, of: string): Target {
  return { text: `at most ${limit} × ${of}`, isMet: ratio <= limit };
}

/** A ratio, for a reader. */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
