import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findChromium } from '../page/support/browser.ts';

const PROGRAM = fileURLToPath(new URL('../../bench/page.ts', import.meta.url));

it.skipIf(!findChromium())('what the page costs is told, and within its bounds', async () => {
  // It ends with 1 where a target is missed, be it by the clock of a busy machine.
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--jobs', '150']).catch(
    (ended: { readonly stdout: string }) => ended,
  );
  const rows = [...stdout.matchAll(/^\| (.*) \| .* \| (.*) \| (.*) \|$/gm)].slice(2);
  expect(rows.map(([, what, , verdict]) => [what, verdict])).toEqual([
    ['list of 100 of 150 jobs', expect.stringMatching(/met|missed/)],
    ...['now', 'runs'].flatMap((view) => [
      [`${view}: files of the page`, 'met'],
      [`${view}: requests, and data`, ''],
      [`${view}: main thread blocked, until it is shown`, ''],
    ]),
  ]);
});
