import { expect, it, onTestFinished } from 'vitest';
import { startFunction } from '../../../local/lambda/function.ts';

async function start() {
  const moody = await startFunction({
    functionName: 'moody',
    entry: new URL('./moody-function.ts', import.meta.url),
    environment: {},
    timeout: 1_000,
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
  ['blocks', 'FunctionTimedOut', /moody took more than 1 s/],
  ['waits', 'FunctionTimedOut', /moody took more than 1 s/],
  ['exits', 'FunctionEnded', /moody ended before it had answered/],
  ['breaks', 'SyntaxError', /not valid JSON|Unexpected token/],
  ['grows', 'Error', /memory/],
])('that %s is told of, and begins anew', async (mood, name, message) => {
  const { invoke } = await start();
  await expect(invoke('works')).resolves.toBe(1);
  await expect(invoke(mood)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  await expect(invoke('works')).resolves.toBe(1);
  await expect(invoke('works')).resolves.toBe(2);
});

it('that is ended takes with it what else it was doing, and is replaced once', async () => {
  const { invoke } = await start();
  const late = invoke('blocks');
  const beside = invoke('works');
  await expect(late).rejects.toMatchObject({ name: 'FunctionTimedOut' });
  await expect(beside).rejects.toMatchObject({ name: 'FunctionTimedOut' });
  await expect(Promise.all([invoke('works'), invoke('works')])).resolves.toEqual([1, 2]);
});
