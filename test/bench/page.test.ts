import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findChromium } from '../page/support/browser.ts';

const PROGRAM = fileURLToPath(new URL('../../bench/page.ts', import.meta.url));

it.skipIf(!findChromium())('what the page costs is told, and within its bounds', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--jobs', '150']);
  const rows = [...stdout.matchAll(/^\| (.*) \| .* \| (.*) \| (.*) \|$/gm)].slice(2);
  expect(rows.map(([, what, , verdict]) => [what, verdict])).toEqual([
    // The clock of a busy machine has a part in it.
    ['list of 100 of 150 jobs', expect.stringMatching(/met|missed/)],
    ...['now', 'runs'].flatMap((view) => [
      [`${view}: files of the page`, 'met'],
      [`${view}: requests, and data`, ''],
      [`${view}: main thread blocked, until it is shown`, ''],
    ]),
  ]);
});
