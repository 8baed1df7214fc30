import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SABOTAGES, type Sabotage } from './sabotages.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'extraction-monitor-sabotage-'));
  for (const part of ['functions', 'local', 'test/simulation', 'package.json']) {
    await cp(join(ROOT, part), join(copy, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true }));

/** What the simulation says of the product with this sabotage in it. */
async function simulate({ file, from, to, seed = 1, runs = 30 }: Sabotage): Promise<string> {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} no longer has once: ${from}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    return await new Promise((done) => {
      const options = ['--runs', String(runs), '--seed', String(seed), '--plain'];
      const main = join(copy, 'test/simulation/main.ts');
      // Most of what each of them loads is the same.
      const env = { ...process.env, NODE_COMPILE_CACHE: join(copy, 'compiled') };
      const settings = { maxBuffer: 2 ** 26, env };
      execFile(process.execPath, [main, ...options], settings, (_, stdout) => done(stdout));
    });
  } finally {
    await writeFile(path, source);
  }
}

describe('the simulation notices a product that', () => {
  it.each(SABOTAGES)('$name', { timeout: 180_000 }, async (sabotage) => {
    const [, run, what] = /^Run (\d+) failed: (.*)$/m.exec(await simulate(sabotage)) ?? [];
    console.log(`${sabotage.name}: noticed in run ${run} from seed ${sabotage.seed ?? 1}`);
    expect(sabotage.breaks).toContain(sabotage.breaks.find((name) => what?.startsWith(name)));
  });
});
