import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../bench/cost/main.ts', import.meta.url));

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'extraction-monitor-cost-'));
});
afterAll(() => rm(out, { recursive: true }));

it('npm run bench:cost prints its tables and writes its figure', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--out', out]);
  expect(stdout.match(/^## .*$/gm)).toHaveLength(9);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  expect(await readFile(join(out, 'cost.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
});
