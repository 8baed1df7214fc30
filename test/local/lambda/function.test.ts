import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startFunction } from '../../../local/lambda/function.ts';

/** @param timeout the most time (ms) of an invocation */
async function start(timeout = 60_000) {
  const moody = await startFunction({
    functionName: 'moody',
    entry: new URL('./moody-function.ts', import.meta.url),
    environment: {},
    timeout,
    onLine: () => undefined,
  });
  onTestFinished(moody.stop);
  return moody;
}

it('is one worker for all its invocations, and what it throws ends none', async () => {
  const { invoke } = await start();
  await expect(invoke('works')).resolves.toBe(1);
  await expect(invoke('throws')).rejects.toThrow('It is in no mood.');
  await expect(invoke('works')).resolves.toBe(3);
});

it.each([
  ['blocks', 'FunctionTimedOut', /moody took more than 1 s/, 1_000],
  ['waits', 'FunctionTimedOut', /moody took more than 1 s/, 1_000],
  ['exits', 'FunctionEnded', /moody ended before it had answered/, undefined],
  ['breaks', 'SyntaxError', /not valid JSON|Unexpected token/, undefined],
  ['grows', 'Error', /memory/, undefined],
])('that %s is told of, and begins anew', async (mood, name, message, timeout) => {
  const { invoke } = await start(timeout);
  await expect(invoke('works')).resolves.toBe(1);
  await expect(invoke(mood)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  await expect(invoke('works')).resolves.toBe(1);
  await expect(invoke('works')).resolves.toBe(2);
});

it('that is ended takes with it what else it was doing, and is replaced once', async () => {
  const { invoke } = await start(1_000);
  const late = invoke('blocks');
  const beside = invoke('works');
  await expect(late).rejects.toMatchObject({ name: 'FunctionTimedOut' });
  await expect(beside).rejects.toMatchObject({ name: 'FunctionTimedOut' });
  await expect(Promise.all([invoke('works'), invoke('works')])).resolves.toEqual([1, 2]);
});

it('that is stopped leaves to the next one what it compiled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.stubEnv('NODE_COMPILE_CACHE', folder);
  const { stop } = await start();
  await stop();
  expect(readdirSync(folder, { recursive: true }).length).toBeGreaterThan(1);
});
