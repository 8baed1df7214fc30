/** A Markdown table; numbers are set flush right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const isNumber = head.map((_, column) => rows.every((row) => isNumeric(row[column])));
  const rule = isNumber.map((right) => (right ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function isNumeric(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || (cell !== undefined && /^[\s~<>$−-]*[\d.]/.test(cell));
}
