import { expect, it } from 'vitest';
import type { Checkpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import type { SweepPorts } from '../../../../functions/monitor/context.ts';
import { acquireLease } from '../../../../functions/monitor/lease.ts';

it('the next write carries the longest pause so far, should it be the last of its sweep', async () => {
  const written: Checkpoint[] = [];
  const ports = {
    time: { now: () => 0, timeout: () => new AbortController().signal },
    checkpoints: {
      read: async () => undefined,
      write: async (checkpoint: Checkpoint) => written.push(checkpoint) > 0,
    },
  } as unknown as SweepPorts;
  const lease = await acquireLease(ports, 60);

  await Promise.all(
    [1_000, 2_000, 3_000].map((until) => lease?.recordPause({ until, reason: 'RateLimited' })),
  );

  expect(written.slice(1).map(({ pause }) => pause?.until)).toEqual([3_000, 3_000, 3_000]);
});

it('a write whose answer was lost does not cost the sweep its result', async () => {
  let stored: Checkpoint | undefined;
  let isAnswerLost = false;
  const ports = {
    time: { now: () => 0, timeout: () => new AbortController().signal },
    checkpoints: {
      read: async () => stored,
      async write(checkpoint: Checkpoint) {
        if (checkpoint.version !== (stored?.version ?? 0) + 1) return false;
        stored = checkpoint;
        if (isAnswerLost) throw new Error('The connection was closed.');
        return true;
      },
    },
  } as unknown as SweepPorts;
  const lease = await acquireLease(ports, 60);

  isAnswerLost = true;
  await lease?.recordPause({ until: 9_000, reason: 'UpstreamDown' });
  isAnswerLost = false;

  expect(lease?.checkpoint.pause?.until).toBe(9_000);
  await expect(lease?.release(lease.checkpoint)).resolves.toBe(true);
  expect(stored).toMatchObject({ version: 3, pause: { until: 9_000 } });
  expect(stored).not.toHaveProperty('leaseUntil');
});
