import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `cdk synth --quiet` by somebody new: without AWS credentials and without a home. */
function synth(...options: string[]): { readonly output: string; readonly status: number | null } {
  const home = mkdtempSync(join(tmpdir(), 'cdk-synth-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const cdk = join(ROOT, 'node_modules/.bin/cdk');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [cdk, 'synth', '--quiet', '--output', join(home, 'cdk.out'), ...options],
    { cwd: ROOT, env: { HOME: home, PATH: process.env.PATH } },
  );
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => !isOfTools(line));
  return { output: lines.join('\n').trim(), status };
}

/** Whether a line is about the machine: npm's on its own settings, CDK's on its progress. */
function isOfTools(line: string): boolean {
  return /^(npm |Bundling asset )/.test(line);
}

describe('cdk synth', () => {
  it('needs no setting, and has nothing to warn of', () => {
    expect(synth()).toEqual({ output: '', status: 0 });
  });

  it('says what is wrong with a setting, and nothing else', () => {
    const { output, status } = synth('-c', 'checksPerMinute=0', '-c', 'emial=a@example.com');
    expect(output).toMatch(
      /^checksPerMinute is 0: .*\nemial is not a setting\. Did you mean emails\?\n.*exited with error 1$/,
    );
    expect(status).toBe(1);
  });
});
