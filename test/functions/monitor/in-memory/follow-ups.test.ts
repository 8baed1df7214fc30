import { describe, expect, it } from 'vitest';
import { newIModel } from '../../../../functions/core/imodels/imodel.ts';
import type { FollowUpQueue } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { SweepPorts } from '../../../../functions/monitor/context.ts';
import { sweep } from '../../../../functions/monitor/sweep.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';
import { IMODEL, pageOf } from './watching.ts';

/** What a sweep has asked for. */
interface Sent {
  readonly delays: readonly number[];
  readonly until: number;
}

/** A world with pending jobs, a budget of 60, and a queue that says what it was sent. */
function pending(count: number, queue: Partial<FollowUpQueue> = {}) {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) world.add(jobId(n));
  const sent: Sent[] = [];
  const followUps: FollowUpQueue = {
    send: async (delays, until) => void sent.push({ delays, until }),
    ...queue,
  };
  const ports: SweepPorts = { ...world.ports, followUps };
  const settings = { checksPerMinute: 60, checkEvery: 15 * SECOND, concurrency: 1 };
  const run = (until?: number, checkEvery = 15 * SECOND) =>
    sweep(ports, { ...settings, checkEvery }, until);
  return { world, sent, run };
}

const UNTIL = BEGIN + 55 * SECOND;

describe('a sweep of the schedule', () => {
  it('asks for the rest of its minute, each sweep to be over before the next minute', async () => {
    const { sent, run } = pending(10);
    await expect(run()).resolves.toMatchObject({ outcome: 'Completed', checks: 10 });
    expect(sent).toEqual([{ delays: [15, 30, 45], until: UNTIL }]);
  });

  it.each([
    [1, [15, 30, 45]],
    [12, [15, 30, 45]],
    [13, [15, 30, 45]],
    [14, [20, 40]],
    [20, [30]],
    [28, []],
    [60, []],
    [90, []],
  ])(
    'with %i jobs and a budget of 60 asks for what the budget carries: after %j s',
    async (jobs, delays) => {
      const { sent, run } = pending(jobs);
      await run();
      expect(sent.flatMap((each) => each.delays)).toEqual(delays);
    },
  );

  it.each([
    [15, [15, 30, 45]],
    [20, [20, 40]],
    [25, [30]],
    [45, []],
    [60, []],
  ])('that may be followed after %i s at least asks for %j', async (seconds, delays) => {
    const { sent, run } = pending(1);
    await run(undefined, seconds * SECOND);
    expect(sent.flatMap((each) => each.delays)).toEqual(delays);
  });

  it.each<[string, string, number, number]>([
    ['it had ended, and another is pending', 'Failed', 1, 3],
    ['it had ended, and no other is pending', 'Failed', 0, 0],
    ['it is pending itself', 'Running', 0, 3],
  ])(
    'that finds a run asks for the rest of its minute if any is pending: %s',
    async (_, state, jobs, delays) => {
      const { world, sent, run } = pending(jobs);
      world.watch(
        newIModel(
          {
            iModelId: IMODEL,
            source: 'grouping-and-mapping',
            timeoutMinutes: 60,
            watchedBy: 'test',
          },
          BEGIN,
        ),
      );
      const status = { kind: 'Status', state, isListed: true } as const;
      world.ports.runLists.ask = async () => pageOf({ jobId: jobId(99), startedAt: BEGIN, status });
      await expect(run()).resolves.toMatchObject({ runsFound: 1, outcome: 'Completed' });
      expect(sent.flatMap((each) => each.delays)).toHaveLength(delays);
    },
  );

  it('asks for none with nothing pending, nor when all has ended', async () => {
    const nobody = pending(0);
    await nobody.run();
    expect(nobody.sent).toEqual([]);

    const one = pending(1);
    one.world.answers.set(jobId(0), [
      { kind: 'Status', state: 'Succeeded', containsIssues: false },
    ]);
    await expect(one.run()).resolves.toMatchObject({ jobsEnded: 1 });
    expect(one.sent).toEqual([]);
  });

  it('asks for none in a pause, nor in the sweep that begins one', async () => {
    const { world, sent, run } = pending(1);
    world.answers.set(jobId(0), [{ kind: 'RateLimited', retryAt: BEGIN + 10 * MINUTE }]);
    await expect(run()).resolves.toMatchObject({ rateLimited: 1 });
    world.clock.advance(MINUTE);
    await expect(run()).resolves.toMatchObject({ outcome: 'Paused' });
    expect(sent).toEqual([]);
  });

  it('counts from its own beginning: what would have begun meanwhile is left out', async () => {
    const { world, sent, run } = pending(1);
    world.answers.set(jobId(0), [
      async () => {
        world.clock.advance(20 * SECOND);
        return { kind: 'Status', state: 'Running' };
      },
    ]);
    await run();
    expect(sent).toEqual([{ delays: [10, 25], until: UNTIL }]);
  });

  it('is completed all the same when the queue takes nothing', async () => {
    const error = new Error('Throttled');
    const { world, run } = pending(1, { send: () => Promise.reject(error) });
    await expect(run()).resolves.toMatchObject({ outcome: 'Completed', errors: 0 });
    const message = expect.stringContaining('ends are told later');
    expect(world.logged).toEqual([{ level: 'warn', message, facts: { error } }]);
  });
});

describe('a follow-up', () => {
  /** The world right before the follow-up after so many seconds. */
  async function dueAfter(seconds: number, jobs = 10) {
    const made = pending(jobs);
    await made.run();
    made.world.clock.advance(seconds * SECOND);
    made.sent.length = 0;
    made.world.asked.length = 0;
    return made;
  }

  it('is a whole sweep that asks for none', async () => {
    const { world, sent, run } = await dueAfter(15);
    world.answers.set(jobId(3), [{ kind: 'Status', state: 'Succeeded', containsIssues: false }]);
    await expect(run(UNTIL)).resolves.toMatchObject({
      outcome: 'Completed',
      checks: 10,
      passesCompleted: 1,
      alertsPublished: 1,
    });
    expect(sent).toEqual([]);
    expect(world.checkpoint()).toMatchObject({ lastSweepAt: BEGIN + 15 * SECOND });
  });

  it('leaves a tenth of the budget, three requests at least, to logs', async () => {
    const { world, run } = await dueAfter(15, 50);
    // 10 of the budget are left, and 15 have flown in.
    await expect(run(UNTIL)).resolves.toMatchObject({ outcome: 'Completed', requests: 19 });
    expect(world.checkpoint()).toMatchObject({ budget: 6 });
  });

  it('that finds its minute over does nothing', async () => {
    const { world, run } = await dueAfter(51);
    const { version } = world.checkpoint() ?? {};
    await expect(run(UNTIL)).resolves.toMatchObject({ outcome: 'TooLate', requests: 0 });
    expect(world.checkpoint()).toMatchObject({ version });
    expect(world.asked).toEqual([]);
  });

  it('that has five seconds left is still worth it', async () => {
    const { run } = await dueAfter(50);
    await expect(run(UNTIL)).resolves.toMatchObject({ outcome: 'Completed', checks: 10 });
  });

  it('that dies is in nobody’s way when the next minute begins', async () => {
    const { world, run } = await dueAfter(45);
    const { write } = world.ports.checkpoints;
    let writes = 0;
    world.ports.checkpoints.write = (checkpoint) => {
      writes += 1;
      return writes > 1 ? Promise.reject(new Error('The process is gone.')) : write(checkpoint);
    };
    await expect(run(UNTIL)).rejects.toThrow('The process is gone.');
    world.ports.checkpoints.write = write;
    expect(world.checkpoint()).toMatchObject({ leaseUntil: UNTIL, leasedAt: BEGIN + 45 * SECOND });
    world.clock.advance(15 * SECOND);
    await expect(run()).resolves.toMatchObject({ outcome: 'Completed' });
  });

  it('begins no request in the last third of its time', async () => {
    const { world, run } = await dueAfter(40);
    const slow = async () => {
      world.clock.advance(6 * SECOND);
      return { kind: 'Status', state: 'Running' } as const;
    };
    for (let n = 0; n < 10; n += 1) world.answers.set(jobId(n), [slow]);
    await expect(run(UNTIL)).resolves.toMatchObject({ requests: 2 });
  });

  it('while another sweep holds the lease does nothing, and says so', async () => {
    const { world, run } = pending(1) satisfies { world: MemoryWorld };
    let report: unknown;
    world.answers.set(jobId(0), [
      async () => {
        report = await run(UNTIL);
        return { kind: 'Status', state: 'Running' };
      },
    ]);
    await run();
    expect(report).toMatchObject({ outcome: 'LeaseHeld', requests: 0 });
  });
});
