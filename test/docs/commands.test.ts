import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { startLocalProcess } from '../local/support/local-run.ts';
import { copyProject } from '../tooling/support/project-copy.ts';
import { commandsOf, documentedCommands, inOneLine } from './commands/documented.ts';
import { openShell, type Shell } from './commands/shell.ts';
import { AT_THE_LOCAL_RUN } from './commands/tables/at-the-local-run.ts';
import { ELSEWHERE } from './commands/tables/elsewhere.ts';
import { IN_A_COPY } from './commands/tables/in-a-copy.ts';
import { NOT_RUN } from './commands/tables/not-run.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const COVERED = [
  ...AT_THE_LOCAL_RUN.keys(),
  ...Object.keys(ELSEWHERE),
  ...IN_A_COPY.flatMap(({ commands }) => commands),
];

/** What is compiled is kept: Node is started some hundred times. Of validation there are tests in `test/lib`. */
const LESS_WORK = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
  CDK_VALIDATION: 'false',
};

const documented = await documentedCommands();

describe('the commands of a document', () => {
  it('are those of its blocks, over several lines perhaps, and those in its sentences', () => {
    const document = [
      'Enter `npm test`, or `KILLS=50 npx vitest run\nkill`, and see `PORT`.',
      '```sh',
      '# Not a command.',
      'curl -d \'{"a":',
      "  1}' \\",
      '  http://127.0.0.1:3000',
      '',
      'npm ci',
      '```',
      '1. Of a list:',
      '   ```sh',
      '   npm start',
      '   ```',
      '```ts',
      'npm run nothing',
      '```',
    ];
    expect(commandsOf(document.join('\n')).map(inOneLine)).toEqual([
      'npm test',
      'KILLS=50 npx vitest run kill',
      `curl -d '{"a": 1}' http://127.0.0.1:3000`,
      'npm ci',
      'npm start',
    ]);
  });
});

describe('every command in the documents', () => {
  it('is run by a test or by CI, or listed with the reason why not; and no other is', () => {
    const listed = [...COVERED, ...Object.values(NOT_RUN).flat()];
    const there = new Set(documented.map(({ command }) => inOneLine(command)));
    expect(listed.toSorted()).toEqual([...there].toSorted());
  });

  it('is run by what is there, where it is run elsewhere', async () => {
    for (const [command, where] of Object.entries(ELSEWHERE)) {
      expect(existsSync(join(PROJECT, where)), where).toBe(true);
      if (!/^\.(ci|github)\//.test(where)) continue;
      const script = await readFile(join(PROJECT, where), 'utf8');
      const steps = script.split('\n').map((line) => line.replace(/^ *- run: /, ''));
      expect(steps, where).toEqual(expect.arrayContaining(command.split(' && ')));
    }
  });

  it('names a script that there is', () => {
    const scripts = documented.flatMap(
      ({ command }) => /npm run (?:-s )?(\S+)/.exec(command)?.[1] ?? [],
    );
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts));
  });
});

const isToolless = ['bash', 'curl', 'jq'].some((tool) => !isInstalled(tool));

/** CI has all of them: it must not pass because one is missing. */
describe.skipIf(isToolless && !process.env.CI)('with bash, curl and jq', () => {
  let copy: string;
  let shell: Shell;
  beforeAll(async () => {
    copy = await copyProject();
    shell = await openShell(copy);
    await writeFile(join(copy, 'publish-report'), '#!/bin/sh\necho The report is published.\n');
    await chmod(join(copy, 'publish-report'), 0o755);
  });
  afterAll(async () => {
    await shell.close();
    await rm(copy, { recursive: true, force: true });
  });

  it('a local run does what the documents say', async () => {
    const local = await startLocalProcess({});
    await local.prints(/Queued → Running/);
    for (const document of new Set(documented.map((command) => command.document))) {
      const commands = documented
        .filter(
          (each) => each.document === document && AT_THE_LOCAL_RUN.has(inOneLine(each.command)),
        )
        .map(({ command }) => command);
      const here = commands.map((command) =>
        asLinked(command).replace('http://127.0.0.1:3000', local.url),
      );
      const outcomes = await shell.run(here, {
        EXTRACTION_MONITOR_URL: local.url,
        ...LESS_WORK,
      });
      for (const [i, { code, output }] of outcomes.entries()) {
        const command = inOneLine(commands[i] ?? '');
        expect({ command, code, output }).toEqual({
          command,
          code: 0,
          output: expect.stringMatching(AT_THE_LOCAL_RUN.get(command) ?? /./),
        });
      }
    }
  }, 400_000);

  it.each(IN_A_COPY)(
    '$commands.0 works',
    async ({ commands: [command = ''], as = command, prints }) => {
      const [outcome] = await shell.run([as], LESS_WORK);
      expect(outcome).toEqual({ command: as, code: 0, output: expect.stringMatching(prints) });
    },
    120_000,
  );
});

/**
 * What `npx` starts, which `npm link` has put on the path: npm itself would be most of the work. That it
 * comes to the same, options and all, is seen by `npx extraction-monitor --help`, which npx has as well.
 */
function asLinked(command: string): string {
  return command.replace(/^npx (?=extraction-monitor (?!--help))/, '');
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
