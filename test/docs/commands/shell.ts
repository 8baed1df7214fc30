import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What became of one command. */
export interface Outcome {
  readonly command: string;
  readonly code: number;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** A shell of somebody who has just moved in: an empty home, and nothing from the network. */
export interface Shell {
  /** Runs commands one after the other, in one session, and tells how each ended. */
  run(
    commands: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome[]>;
  close(): Promise<void>;
}

/** Opens a shell in a folder. A `curl` in it also prints the status of its answer. */
export async function openShell(cwd: string): Promise<Shell> {
  const home = await mkdtemp(join(tmpdir(), 'extraction-monitor-home-'));
  const bin = join(home, '.npm-global/bin');
  await mkdir(join(home, '.npm-global/lib'), { recursive: true });
  await writeFile(join(home, '.curlrc'), 'silent\nwrite-out = "\\nSTATUS %{http_code}\\n"\n');
  const settings = {
    HOME: home,
    PATH: `${bin}:${process.env.PATH}`,
    SHELL: '/bin/bash',
    npm_config_offline: 'true',
    npm_config_prefix: join(home, '.npm-global'),
    npm_config_update_notifier: 'false',
  };
  return {
    async run(commands, environment = {}) {
      const mark = randomUUID();
      const script = commands.map((command) => `${command}\necho "${mark} $?"`).join('\n');
      const env = { ...settings, ...environment };
      return outcomesOf(commands, (await bash(script, { cwd, env })).split(mark));
    },
    close: () => rm(home, { recursive: true, force: true }),
  };
}

/** The output of each command, which begins with how the one before it ended. */
function outcomesOf(commands: readonly string[], parts: readonly string[]): Outcome[] {
  return commands.map((command, i) => ({
    command,
    code: Number(/^ (\d+)/.exec(parts[i + 1] ?? '')?.[1] ?? Number.NaN),
    output: (parts[i] ?? '').replace(/^ \d+\n/, ''),
  }));
}

function bash(script: string, options: object): Promise<string> {
  return new Promise((resolve) => {
    const args = ['-c', `exec 2>&1\n${script}`];
    execFile('bash', args, { maxBuffer: 2 ** 26, ...options }, (_, output) => resolve(output));
  });
}
