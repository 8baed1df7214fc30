import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { copyProject } from './support/project-copy.ts';

/** One import per wall that must not be. */
const FORBIDDEN = [
  {
    wall: 'core-imports-only-core',
    file: 'functions/core/jobs/states.ts',
    line: "import 'node:fs';",
  },
  {
    wall: 'adapters-import-only-core-and-libraries',
    file: 'functions/adapters/lambda/runtime.ts',
    line: "import '../../monitor/metrics.ts';",
  },
  {
    wall: 'functions-do-not-import-each-other',
    file: 'functions/api/http/answers.ts',
    line: "import '../../monitor/metrics.ts';",
  },
  {
    wall: 'use-cases-know-no-http',
    file: 'functions/api/use-cases/list-jobs.ts',
    line: "import '../http/answers.ts';",
  },
  {
    wall: 'use-cases-know-no-http',
    file: 'functions/api/use-cases/until-written.ts',
    line: "import 'zod/mini';",
  },
  {
    wall: 'infrastructure-names-functions-but-does-not-import-them',
    file: 'lib/job-store.ts',
    line: "import '../functions/core/jobs/states.ts';",
  },
  {
    wall: 'client-knows-only-the-document',
    file: 'client/index.js',
    line: "import '../functions/core/jobs/states.ts';",
  },
  {
    wall: 'cli-knows-only-the-client',
    file: 'cli/text.ts',
    line: "import '../functions/core/jobs/states.ts';",
  },
  {
    wall: 'nothing-imports-the-cli',
    file: 'local/functions.ts',
    line: "import '../cli/text.ts';",
  },
  {
    wall: 'page-knows-only-the-client',
    file: 'page/address.ts',
    line: "import '../functions/core/jobs/states.ts';",
  },
  {
    wall: 'only-the-build-of-the-page-is-imported',
    file: 'cli/text.ts',
    line: "import '../page/address.ts';",
  },
  {
    wall: 'product-does-not-import-the-local-run',
    file: 'functions/monitor/metrics.ts',
    line: "import '../../local/functions.ts';",
  },
  {
    wall: 'product-does-not-import-the-local-run',
    file: 'functions/monitor/metrics.ts',
    line: "import '../../bench/harness/usage.ts';",
  },
  {
    wall: 'functions-use-few-libraries',
    file: 'functions/adapters/lambda/runtime.ts',
    line: "import 'fast-check';",
  },
  {
    wall: 'functions-are-free-of-what-describes-the-api',
    file: 'functions/api/routes/job-view.ts',
    line: "import '../openapi/schemas/jobs.ts';",
  },
  {
    wall: 'no-cycles',
    file: 'functions/core/time.ts',
    line: "import './time.ts';",
  },
];

let copy: string;

beforeAll(async () => {
  copy = await copyProject();
});

afterAll(() => rm(copy, { recursive: true, force: true }));

function npmRun(
  script: string,
  ...args: readonly string[]
): Promise<{ isOk: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['run', '--silent', script, '--', ...args],
      { cwd: copy },
      (error, stdout, stderr) => resolve({ isOk: error === null, output: stdout + stderr }),
    );
  });
}

const CHECKS = Object.keys(manifest.scripts).filter((name) => name.startsWith('check:'));
it.each([...CHECKS, 'none'])(
  'npm run check runs every check, and fails with %s',
  async (failing) => {
    // Stands in for npm: `npm run -s check:types`.
    const npm = `#!/bin/sh\necho "$3"\n[ "$3" != ${failing} ]\n`;
    await mkdir(join(copy, 'bin-of-npm'), { recursive: true });
    await writeFile(join(copy, 'bin-of-npm/npm'), npm, { mode: 0o755 });
    const { isOk, output } = await new Promise<{ isOk: boolean; output: string }>((resolve) => {
      const env = { ...process.env, PATH: `${join(copy, 'bin-of-npm')}:${process.env.PATH}` };
      execFile('sh', ['-c', manifest.scripts.check], { env }, (error, stdout) =>
        resolve({ isOk: error === null, output: stdout }),
      );
    });
    expect(output.trim().split('\n').toSorted()).toEqual(CHECKS.toSorted());
    expect(isOk).toBe(failing === 'none');
  },
);

it('one forbidden import each fails the check of the walls', async () => {
  for (const { file, line } of FORBIDDEN) await appendFile(join(copy, file), `\n${line}\n`);
  const { isOk, output } = await npmRun('check:walls');
  expect(isOk).toBe(false);
  for (const { wall, file } of FORBIDDEN) expect(output).toContain(`error ${wall}: ${file}`);
}, 60_000);

it('one export without a user fails the check', async () => {
  await appendFile(join(copy, 'functions/core/objects.ts'), '\nexport const planted = 1;\n');
  const { isOk, output } = await npmRun('check:unused');
  expect(isOk).toBe(false);
  expect(output).toMatch(/planted +functions\/core\/objects\.ts/);
}, 60_000);

it('the sizes of what is shipped are bounded, wherever it is', async () => {
  const folders = ['bin', 'cli', 'functions/core', 'functions/monitor', 'lib', 'local/gateway'];
  const functionOf = (count: number) =>
    `export function f(): void {\n${'  f();\n'.repeat(count)}}\n`;
  const fileOf = (count: number) => `${'// A line.\n'.repeat(count - 1)}export const a = 1;\n`;

  /** Checks, in each folder, a function of so many lines and a file of so many lines. */
  async function check(functionLines: number, fileLines: number) {
    const files: string[] = [];
    for (const folder of folders) {
      files.push(`${folder}/planted-function.ts`, `${folder}/planted-file.ts`);
      await writeFile(join(copy, `${folder}/planted-function.ts`), functionOf(functionLines));
      await writeFile(join(copy, `${folder}/planted-file.ts`), fileOf(fileLines));
    }
    return npmRun('check:style', ...files);
  }

  expect(await check(50, 250)).toMatchObject({ isOk: true });
  const { isOk, output } = await check(51, 251);
  expect(isOk).toBe(false);
  const found = output.matchAll(/^(\S+\.ts)\S* (lint\/\S+)/gm);
  expect([...found].map(([, file, rule]) => `${file} ${rule}`).toSorted()).toEqual(
    folders
      .flatMap((folder) => [
        `${folder}/planted-file.ts lint/style/noExcessiveLinesPerFile`,
        `${folder}/planted-function.ts lint/complexity/noExcessiveLinesPerFunction`,
      ])
      .toSorted(),
  );
}, 60_000);
