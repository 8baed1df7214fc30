import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';

const EMULATOR = new URL('../../rehearsal/emulator.ts', import.meta.url).href;

/** Stands for `moto_server -H HOST -p PORT`, and says which process it is. */
const FAKE = `#!${process.execPath}
require('node:fs').writeFileSync(process.env.PID_FILE, String(process.pid));
require('node:http').createServer((_, response) => response.end('{}')).listen(process.argv[5]);
`;

it('ends with the rehearsal, also when that ends because nobody reads its output any more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'moto_server'), FAKE, { mode: 0o755 });
  const pidFile = join(folder, 'pid');
  const script = `
    const { startEmulator } = await import('${EMULATOR}');
    await startEmulator();
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, PID_FILE: pidFile },
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining('EPIPE')]);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5_000);
});
