import { firstCheckpoint, takeLease } from '../../../../functions/core/sweeps/checkpoint.ts';
import type { Pause } from '../../../../functions/core/sweeps/pause.ts';
import type { SweepContext, SweepPorts } from '../../../../functions/monitor/context.ts';
import type { Lease } from '../../../../functions/monitor/lease.ts';
import { emptyReport } from '../../../../functions/monitor/metrics.ts';

/** What the parts of a sweep share, for a test that tries one part alone. */
export function createSweepContext(ports: SweepPorts): SweepContext {
  return {
    ...ports,
    report: emptyReport(),
    startedAt: ports.time.now(),
    isFollowUp: false,
    signal: new AbortController().signal,
    clock: () => ({ now: ports.time.now(), awake: 0 }),
  };
}

/** A lease just taken, with so many requests in the token bucket; pauses go into `recorded`. */
export function createLease(budget: number, now: number, recorded: Pause[] = []): Lease {
  const found = { ...firstCheckpoint(now, budget), budget };
  return {
    found,
    checkpoint: takeLease(found, now),
    recordPause: async (pause) => {
      recorded.push(pause);
    },
    release: async () => true,
  };
}
