import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_EMULATOR } from '../../rehearsal/emulator.ts';

const MAIN = fileURLToPath(new URL('../../rehearsal/main.ts', import.meta.url));
const isInstalled = spawnSync('moto_server', ['--help']).status === 0;
if (!isInstalled) console.warn(NO_EMULATOR);

function rehearse(environment: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { env: environment });
  return { status, steps: stdout.toString().trim().split('\n'), errors: stderr.toString() };
}

describe.skipIf(!isInstalled)('the rehearsal, where there is an emulator', () => {
  it('deploys two stacks, updates one, and follows a run to its alert in each', () => {
    const { status, steps, errors } = rehearse();
    expect(steps, errors).toEqual([
      expect.stringMatching(/^✓ Production is deployed: \d\d resources$/),
      '✓ a run went from its registration over its logs to an alert in a queue',
      expect.stringMatching(/^✓ Staging is deployed beside it: \d\d resources$/),
      '✓ its run was told to its own queue alone, and counted under its own name',
      '✓ an update added, changed and removed receivers and their filters',
      '✓ a run went its way after the update',
      expect.stringContaining('All of it went well.'),
    ]);
    expect(status).toBe(0);
  }, 300_000);
});

it('without an emulator the rehearsal says what to install, and is no failure', () => {
  const { status, steps } = rehearse({ ...process.env, PATH: '' });
  expect(steps).toEqual([NO_EMULATOR]);
  expect(status).toBe(0);
});
