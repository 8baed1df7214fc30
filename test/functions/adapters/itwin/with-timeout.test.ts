import { getEventListeners, once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TimedOut, withTimeout } from '../../../../functions/adapters/itwin/http.ts';

const WHY = new Error('the sweep is over');

let caller: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  caller = new AbortController();
});
afterEach(() => vi.useRealTimers());

/** An operation that ends when its signal aborts, with an error of its own. */
async function hang(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('broken off');
}

it('gives what the operation gives', async () => {
  expect(await withTimeout(caller.signal, 1_000, async () => 'done')).toBe('done');
});

it('takes one timer and one listener for all operations that start together', async () => {
  for (let i = 0; i < 100; i += 1) await withTimeout(caller.signal, 1_000, async () => i);
  expect(vi.getTimerCount()).toBe(1);
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
});

it('ends each of many operations when its own time is up, 2 % early at most', async () => {
  const endedAt: number[] = [];
  const start = Date.now();
  for (let i = 0; i < 100; i += 1) {
    withTimeout(caller.signal, 1_000, hang).catch(() => endedAt.push(Date.now() - start - i));
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(endedAt).toHaveLength(100);
  expect(Math.min(...endedAt)).toBeGreaterThanOrEqual(980);
  expect(Math.max(...endedAt)).toBe(1_000);
});

it('holds operations to their own limits, not to those of others under the same signal', async () => {
  const patient = expect(withTimeout(caller.signal, 2_000, hang)).rejects.toThrow('2000 ms');
  const hasty = expect(withTimeout(caller.signal, 1_000, hang)).rejects.toThrow('1000 ms');
  await vi.advanceTimersByTimeAsync(1_000);
  await hasty;
  await vi.advanceTimersByTimeAsync(1_000);
  await patient;
});

it('throws what the operation throws', async () => {
  const failing = withTimeout(caller.signal, 1_000, () => Promise.reject(WHY));
  await expect(failing).rejects.toBe(WHY);
});

it('ends the operation when its time is up', async () => {
  const late = expect(withTimeout(caller.signal, 1_000, hang)).rejects.toThrow(
    new TimedOut('took longer than 1000 ms'),
  );
  await vi.advanceTimersByTimeAsync(1_000);
  await late;
});

it("ends the operation with the caller's reason when the caller's signal aborts", async () => {
  const left = expect(withTimeout(caller.signal, 1_000, hang)).rejects.toBe(WHY);
  caller.abort(WHY);
  await left;
});

it('does not begin when the signal has aborted already', async () => {
  const run = vi.fn(hang);
  await expect(withTimeout(AbortSignal.abort(WHY), 1_000, run)).rejects.toBe(WHY);
  expect(run).not.toHaveBeenCalled();
});
