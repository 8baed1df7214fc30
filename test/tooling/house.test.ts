import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FAILED, RUNNING } from '../functions/monitor/support/answers.ts';
import { functionEnvironment } from '../functions/monitor/support/function-environment.ts';
import { createWorld } from '../functions/monitor/support/world.ts';

/** What is shipped: what a user of the product runs. */
const SHIPPED = ['bin', 'cli', 'functions', 'lib', 'local', 'page'];

/** Files that stand alone though they are short and have one importer: each with the reason. */
const SHORT_ALONE: Readonly<Record<string, string>> = {
  'local/upstream.ts': 'what a start tells of the credentials, before the first job',
};

/** Words that once were our own and that nobody else in the field uses. */
const GONE = new Set(
  ['round', 'leg', 'stretch', 'stride', 'visit', 'tally', 'verdict', 'judge', 'evidence', 'gate']
    .concat(['settle', 'settled', 'settlement', 'drain'])
    .flatMap((word) => [word, `${word}s`]),
);
/** The platform's own names. */
const NOT_OURS = new Set(['round', 'allSettled', 'PromiseSettledResult']);

interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
}

const sources: readonly Source[] = SHIPPED.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.(tsx?|mjs)$/.test(name))
    .map((name) => join(folder, name)),
).map((file) => {
  const text = readFileSync(file, 'utf8');
  return { file, text, lines: text.split('\n').length - 1 };
});

function importsOf({ file, text }: Source): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g);
  return [...found].map(([, path = '']) => normalize(join(dirname(file), path)));
}

function namesIn({ text }: Source): string[] {
  const code = text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g, '');
  return code.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [];
}

function wordsOf(name: string): string[] {
  return name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function section(document: string, heading: string): string {
  const [, after = ''] = readFileSync(document, 'utf8').split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

function print(what: string, value: unknown): void {
  console.log(`${what}: ${value}`);
}

describe('the road of a failed run', () => {
  const listed = [
    ...section('docs/architecture.md', 'The road of a failed run').matchAll(
      /\]\(\.\.\/(functions\/[^)]+)\)/g,
    ),
  ].map(([, file = '']) => file);

  it('goes through at most 50 files of functions, from the call of the handler to the mail', async () => {
    await using world = await createWorld({ start: Date.now() });
    const jobId = await world.register({ answer: RUNNING, label: 'Bridge 7' });
    await world.sweep();
    world.simulator.setRun(jobId, FAILED);

    const program = 'test/tooling/support/failed-run.ts';
    const env = { ...process.env, ...functionEnvironment(world) };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
    const ran = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[];

    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);
    print('files that a failed run runs', `${ran.length}\n  ${ran.join('\n  ')}`);
    expect(ran.length).toBeLessThanOrEqual(50);
    expect(listed.filter((file) => !ran.includes(file))).toEqual([]);
  });

  it('is told in at most 16 steps, each a file', () => {
    print('files on the road', listed.length);
    expect(listed.length).toBeGreaterThan(8);
    expect(listed.length).toBeLessThanOrEqual(16);
  });
});

describe('what is shipped', () => {
  it('has no short file with one importer, but for those with a reason', () => {
    const importers = new Map<string, Set<string>>();
    for (const source of sources) {
      for (const file of importsOf(source)) {
        importers.set(file, (importers.get(file) ?? new Set()).add(source.file));
      }
    }
    const alone = sources
      .filter(({ file, lines }) => lines < 60 && importers.get(file)?.size === 1)
      // A kind is one file, however short.
      .filter(({ file }) => !file.startsWith('functions/core/kinds/'))
      .map(({ file }) => file);
    print('short files with one importer', alone.length);
    expect(alone.toSorted()).toEqual(Object.keys(SHORT_ALONE).toSorted());
    expect(alone.length).toBeLessThanOrEqual(10);
  });

  it('has no file of more than 250 lines', () => {
    const long = sources.filter(({ lines }) => lines > 250).map(({ file }) => file);
    print('longest file', Math.max(...sources.map(({ lines }) => lines)));
    expect(long).toEqual([]);
  });

  it('has no folder with more than 14 files side by side', () => {
    const folders = Map.groupBy(sources, ({ file }) => dirname(file));
    const full = [...folders].filter(([, files]) => files.length > 14).map(([folder]) => folder);
    print('fullest folder', Math.max(...[...folders.values()].map((files) => files.length)));
    expect(full).toEqual([]);
  });

  it('has files of 80 lines or more in core, monitor and adapters: half of them at least', () => {
    const inside = sources.filter(({ file }) => /^functions\/(core|monitor|adapters)\//.test(file));
    const middle = median(inside.map(({ lines }) => lines));
    print('median of core, monitor and adapters', middle);
    expect(middle).toBeGreaterThanOrEqual(80);
  });
});

describe('the words', () => {
  it('are few: the monitor exports at most 18 types', () => {
    const types = sources
      .filter(({ file }) => file.startsWith('functions/monitor/'))
      .flatMap(({ text }) => [...text.matchAll(/^export (?:interface|type) (\w+)/gm)])
      .map(([, name]) => name);
    print('types exported by functions/monitor', `${types.length} (${types.join(', ')})`);
    expect(types.length).toBeLessThanOrEqual(18);
  });

  it('of our own are in a glossary of at most 20', () => {
    const words = section('docs/architecture.md', 'Glossary').match(/^- \*\*/gm) ?? [];
    print('words in the glossary', words.length);
    expect(words.length).toBeGreaterThan(5);
    expect(words.length).toBeLessThanOrEqual(20);
  });

  it('that were in nobody else’s mouth do not come back', () => {
    const back = sources
      .filter(({ file }) => file.startsWith('functions/'))
      .flatMap((source) => namesIn(source).map((name) => ({ file: source.file, name })))
      .filter(({ name }) => !NOT_OURS.has(name) && wordsOf(name).some((word) => GONE.has(word)));
    expect(back).toEqual([]);
  });
});
