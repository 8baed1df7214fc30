import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemTime } from '../../../../functions/adapters/lambda/runtime.ts';

it('is the time of the machine', () => {
  const [before, now, after] = [Date.now(), systemTime.now(), Date.now()];
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(after);
});

it('aborts a signal once its time is up', async () => {
  const forever = setTimeout(60_000, undefined, { signal: systemTime.timeout(1) });
  await expect(forever).rejects.toThrow();
});
