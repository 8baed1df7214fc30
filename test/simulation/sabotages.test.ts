import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFailed } from 'vitest';
import { type Program, startProgram } from '../../bench/harness/program.ts';
import type { Failure } from './batch.ts';
import { SABOTAGES, type Sabotage } from './sabotages.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SABOTEUR = new URL('./saboteur.ts', import.meta.url);
const MAIN = fileURLToPath(new URL('./sabotaged-main.ts', import.meta.url));

let saboteur: Program<Sabotage, Failure | null> | undefined;
afterAll(stop);

async function stop(): Promise<void> {
  await saboteur?.stop();
  saboteur = undefined;
}

/** What the simulation says of the product with this sabotage in it. */
async function simulate(sabotage: Sabotage): Promise<Failure | null> {
  const { file, from } = sabotage;
  const source = await readFile(join(ROOT, file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} no longer has once: ${from}`);
  // A product that crashes, or goes on for ever, must not take the next ones with it.
  onTestFailed(stop);
  saboteur ??= startProgram(SABOTEUR);
  return saboteur.ask(sabotage);
}

describe('the simulation notices a product that', () => {
  it.each(SABOTAGES)('$name', { timeout: 180_000 }, async (sabotage) => {
    const { seed = 1, name, breaks } = sabotage;
    const failure = await simulate(sabotage);
    console.log(`${name}: noticed in run ${failure && failure.seed - seed + 1} from seed ${seed}`);
    expect(breaks).toContain(failure?.violation.invariant);
  });
});

it('npm run simulate tells of what it notices: the story, and how to see it again', () => {
  const args = [MAIN, 'publishes before it records', '--runs', '3', '--seed', '1', '--plain'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout).toMatch(/^What happened last:\n.*VIOLATION of "no alert goes out /ms);
  expect(stdout).toMatch(/^Run 1 failed: no alert goes out without its transition on record: /m);
  expect(stdout).toMatch(/^Replay it with: npm run simulate -- --seed 1 --runs 1$/m);
  expect(stdout).toMatch(/: 1 violations$/m);
  expect(status).toBe(1);
});
