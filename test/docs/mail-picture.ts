import type { AlertMessage } from '../../functions/core/alerts/message.ts';

/** Sizes in px. A character of a monospaced font is about three fifths as wide as high. */
const FONT = 13;
const CHARACTER = 7.8;
const LINE = 19;
const MARGIN = 28;
const HEADER = 88;
/** Columns that fit into the window. */
const COLUMNS = 84;
const WIDTH = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN);
/** What a quoted line begins with, and where the tint behind it does. */
const QUOTE = '  | ';
const TINT = MARGIN + 1.5 * CHARACTER;

const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

const COLOURS = `
  .page { fill: #ffffff } .head { fill: #f6f8fa } .rule { stroke: #d0d7de; fill: none }
  .tint { fill: #fff1ee }
  text { fill: #1f2328 } .title { font-weight: 600 } .faint { fill: #636c76 } .quoted { fill: #8a2c1c }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .head { fill: #161b22 } .rule { stroke: #3d444d }
    .tint { fill: #2b1613 }
    text { fill: #e6edf3 } .faint { fill: #9198a1 } .quoted { fill: #ffb4a4 }
  }`;

/**
 * A mail as a mail program shows it, in SVG: the same on every machine, in light and in dark. Each
 * line is stretched to its columns, whatever font there is.
 */
export function mailPicture({ subject, email }: AlertMessage): string {
  const lines = email.trimEnd().split('\n').flatMap(fitted);
  const height = HEADER + lines.length * LINE + 2 * MARGIN;
  const size = `width="${WIDTH}" height="${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ${size} role="img">`,
    `<title>The mail &quot;${escaped(subject)}&quot;</title>`,
    `<style>${COLOURS}\n</style>`,
    `<clipPath id="corners"><rect ${size} rx="10"/></clipPath>`,
    `<g clip-path="url(#corners)" font-family="${FONTS}" font-size="${FONT}" xml:space="preserve">`,
    `<rect class="page" ${size}/>`,
    `<rect class="head" width="${WIDTH}" height="${HEADER}"/>`,
    `<path class="rule" d="M0 ${HEADER}.5H${WIDTH}"/>`,
    `<text x="${MARGIN}" y="41" font-size="18" font-weight="600">${escaped(subject)}</text>`,
    `<text x="${MARGIN}" y="66" class="faint">AWS Notifications &lt;no-reply@sns.amazonaws.com&gt;</text>`,
    ...lines.flatMap((line, i) => drawn(line, i, lines)),
    '</g>',
    `<rect class="rule" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="9.5"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawn(line: string, row: number, lines: readonly string[]): string[] {
  if (line === '') return [];
  const top = HEADER + MARGIN + row * LINE;
  if (!line.startsWith(QUOTE)) return [text(line, top, isTitle(row, lines) ? 'title' : '')];
  const tint = `x="${TINT}" y="${top}" width="${WIDTH - MARGIN - TINT}" height="${LINE + 1}"`;
  return [`<rect class="tint" ${tint}/>`, text(line, top, 'quoted')];
}

function text(line: string, top: number, kind: string): string {
  const content = line.trimStart();
  const left = rounded(MARGIN + (line.length - content.length) * CHARACTER);
  const length = rounded(content.length * CHARACTER);
  const place = `x="${left}" y="${top + 14}" textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
  return `<text ${place}${kind && ` class="${kind}"`}>${escaped(content)}</text>`;
}

/** What stands before an indented line, and the first line of all. */
function isTitle(row: number, lines: readonly string[]): boolean {
  if (row === 0) return true;
  return !lines[row]?.startsWith(' ') && Boolean(lines[row + 1]?.startsWith(' '));
}

/** A line that is too long for the window, in pieces that are not. */
function fitted(line: string): string[] {
  if (line.length <= COLUMNS) return [line];
  const end = line.slice(0, COLUMNS).search(/[ /][^ /]*$/) + 1 || COLUMNS;
  return [line.slice(0, end), ...fitted(`  ${line.slice(end)}`)];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function rounded(px: number): number {
  return Math.round(px * 10) / 10;
}
