import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/alerts.ts', import.meta.url));

it('npm run bench:alerts tells of every run, and how long both took', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--minutes', '0.5']);
  expect(stdout).toMatch(/^\| this monitor \| 60 \| [\d.]+ \| [\d.]+ \| \d+ \|$/m);
  expect(stdout).toMatch(
    /^\| a poll every 5 s for each run \| 60 \| [\d.]+ \| [\d.]+ \| [\d,]+ \|$/m,
  );
}, 240_000);
