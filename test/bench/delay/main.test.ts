import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../bench/delay/main.ts', import.meta.url));

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'extraction-monitor-delay-'));
});
afterAll(() => rm(out, { recursive: true }));

it('npm run bench:delay prints its tables and writes its figures', async () => {
  const options = [MAIN, '--quick', '--out', out];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  expect(stdout.match(/^## .*$/gm)).toHaveLength(7);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  const figures = await readdir(out);
  expect(figures.toSorted()).toEqual(['detection-delay-overload.svg', 'detection-delay.svg']);
  for (const name of figures) {
    expect(await readFile(join(out, name), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  }
});
