import { readFileSync } from 'node:fs';

/** `docs/operations.md`. */
export const RUNBOOK = readFileSync(
  new URL('../../../docs/operations.md', import.meta.url),
  'utf8',
);

/** An entry of the runbook: what is written under the name of a notice or an alarm. */
export interface RunbookEntry {
  readonly name: string;
  readonly text: string;
}

/** The entries of the runbook, in its order. */
export function runbookEntries(): readonly RunbookEntry[] {
  const [, alarms = ''] = RUNBOOK.split(/^## (?:Notices|How to)$/m);
  return alarms
    .split(/^#### /m)
    .slice(1)
    .map((entry) => ({ name: entry.split('\n', 1).join(), text: entry.split(/^## /m, 1).join() }));
}

/** The anchors that the headings of the runbook have on GitHub. */
export function runbookAnchors(): ReadonlySet<string> {
  const headings = RUNBOOK.matchAll(/^#{2,4} (.+)$/gm);
  return new Set([...headings].map(([, text = '']) => toAnchor(text)));
}

function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
