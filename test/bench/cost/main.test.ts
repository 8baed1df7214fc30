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
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--quick', '--out', out]);
  expect(stdout.match(/^## .*$/gm)).toHaveLength(10);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  // With 10 jobs pending all day, sooner included: the whole, and what is left of it beyond what is free.
  const [, whole, left] = /^\| 24 \| .+ \| .+ \| (.+) \| (.+) \|$/m.exec(stdout) ?? [];
  expect(Number(whole)).toBeLessThanOrEqual(9);
  expect(Number(left)).toBeLessThanOrEqual(1.5);
  expect(await readFile(join(out, 'cost.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
});
