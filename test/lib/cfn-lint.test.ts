import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EVERY_SETTING, templateOf } from './support/stack.ts';

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isInstalled) console.warn('There is no cfn-lint on the PATH: the template is not linted.');

describe.skipIf(!isInstalled)('cfn-lint', { timeout: 120_000 }, () => {
  it('finds no error and no warning in the template, whatever the settings', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const settings = { without: {}, every: EVERY_SETTING, ephemeral: { ephemeral: true } };
    for (const [name, props] of Object.entries(settings)) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(templateOf(props)));
    }
    const { stdout, status } = spawnSync('cfn-lint', ['*.json'], { cwd: folder });
    expect(stdout.toString()).toBe('');
    expect(status).toBe(0);
  });
});
