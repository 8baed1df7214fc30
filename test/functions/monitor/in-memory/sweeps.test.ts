import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

function pending(count: number): MemoryWorld {
  const world = createMemoryWorld();
  for (let n = 0; n < count; n += 1) world.add(jobId(n));
  return world;
}

/** Its checkpoint takes so many seconds to be read the first time. */
function slowToRead(world: MemoryWorld, seconds = 15): MemoryWorld {
  const { read } = world.ports.checkpoints;
  world.ports.checkpoints.read = (signal) => {
    world.ports.checkpoints.read = read;
    world.clock.advance(seconds * SECOND);
    return read(signal);
  };
  return world;
}

describe('the lease', () => {
  it('of another sweep ends this one before it does anything', async () => {
    const world = pending(1);
    let report: unknown;
    const { ask } = world.ports.status;
    world.ports.status.ask = async (...request) => {
      world.clock.advance(30 * SECOND);
      report = await world.sweep();
      return ask(...request);
    };
    await world.sweep();
    expect(report).toMatchObject({ outcome: 'LeaseHeld', checks: 0 });
    expect(world.asked).toHaveLength(1);
  });

  it('that was taken while the checkpoint was read is held, by whoever has a fast clock too', async () => {
    const world = slowToRead(pending(1));
    const theirs = { ...firstCheckpoint(BEGIN, 100), leasedAt: BEGIN + 70 * SECOND };
    const leaseUntil = BEGIN + 130 * SECOND;
    await world.ports.checkpoints.write({ ...theirs, version: 1, leaseUntil });
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'LeaseHeld', checks: 0 });
    expect(world.checkpoint()).toMatchObject({ version: 1, leaseUntil });
  });

  it('lasts no longer because the checkpoint took long to read', async () => {
    const world = slowToRead(pending(1));
    let taken: unknown;
    world.answers.set(jobId(0), [
      async () => {
        taken = world.checkpoint();
        return { kind: 'Status', state: 'Running' };
      },
    ]);
    await world.sweep();
    expect(taken).toMatchObject({ leasedAt: BEGIN + 15 * SECOND, leaseUntil: BEGIN + MINUTE });
  });

  it('is over at once if to read the checkpoint took longer than it lasts', async () => {
    const world = slowToRead(pending(1), 75);
    const { write } = world.ports.checkpoints;
    const written: unknown[] = [];
    world.ports.checkpoints.write = (checkpoint) => {
      written.push(checkpoint);
      return write(checkpoint);
    };
    await world.sweep();
    const now = BEGIN + 75 * SECOND;
    expect(written[0]).toMatchObject({ leasedAt: now, leaseUntil: now, budget: 0, budgetAt: now });
    expect(world.asked).toEqual([]);
  });

  it('gives no more requests because the checkpoint took long to read', async () => {
    const world = slowToRead(pending(1));
    const bucket = { budget: 0, budgetAt: BEGIN + 70 * SECOND };
    await world.ports.checkpoints.write({ ...firstCheckpoint(BEGIN, 100), version: 1, ...bucket });
    await expect(world.sweep()).resolves.toMatchObject({ requests: 0 });
    expect(world.checkpoint()).toMatchObject(bucket);
  });

  it('that was lost meanwhile is told, and what the other wrote stays', async () => {
    const world = pending(1);
    const { ask } = world.ports.status;
    world.ports.status.ask = async (...request) => {
      const theirs = { ...world.checkpoint(), version: 2, after: 'theirs' };
      await world.ports.checkpoints.write(theirs as never);
      return ask(...request);
    };
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Overstayed' });
    expect(world.checkpoint()).toMatchObject({ version: 2, after: 'theirs' });
  });
});

describe('with more jobs than budget', () => {
  it('a pass takes several sweeps, which say how far they came', async () => {
    const world = pending(25);
    const reports = [];
    for (let n = 0; n < 3; n += 1) {
      const { pending: seen, passesCompleted, checks } = await world.sweep({ checksPerMinute: 10 });
      reports.push([checks, seen, passesCompleted]);
      world.clock.advance(MINUTE);
    }
    expect(reports).toEqual([
      [10, 10, 0],
      [10, 20, 0],
      [10, 25, 1],
    ]);
    expect(world.asked).toEqual([...Array(25).keys(), ...Array(5).keys()].map(jobId));
  });

  it('a sweep that comes round to where it began asks about nobody twice', async () => {
    const world = pending(12);
    await world.sweep({ checksPerMinute: 10 });
    world.clock.advance(MINUTE);
    world.asked.length = 0;
    world.answers.set(jobId(11), [{ kind: 'Missing', status: 404 }]);
    await expect(world.sweep()).resolves.toMatchObject({ checks: 12, passesCompleted: 1 });
    expect(world.asked).toEqual([10, 11, ...Array(10).keys()].map(jobId));
    expect(world.checkpoint()).toMatchObject({
      after: `#${jobId(9)}`,
      pass: 1,
      pendingSeen: 10,
      answers: { reporting: { alive: 10, missing: 0 } },
      lastPassPending: 12,
      lastPassAnswers: { reporting: { alive: 11, missing: 1 } },
    });
  });

  it('what is left of the budget when a pass is over goes to the next, be it one check', async () => {
    const world = pending(5);
    for (let n = 0; n < 3; n += 1) {
      await world.sweep({ checksPerMinute: 3 });
      world.clock.advance(MINUTE);
    }
    expect(world.asked).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3].map(jobId));
  });

  it('a pass that ends in a pause is over if its last job was asked about, and no other begins', async () => {
    const world = pending(12);
    await world.sweep({ checksPerMinute: 10 });
    world.clock.advance(MINUTE);
    world.answers.set(jobId(11), [{ kind: 'RateLimited', retryAt: world.clock.now() + MINUTE }]);
    await expect(world.sweep()).resolves.toMatchObject({ requests: 2, passesCompleted: 1 });
    expect(world.checkpoint()).toMatchObject({ lastPassPending: 12, pendingSeen: 0 });
    expect(world.checkpoint()).not.toHaveProperty('after');
  });

  it('a pass that a pause ends at its first job goes on after it', async () => {
    const world = pending(12);
    await world.sweep({ checksPerMinute: 10 });
    world.clock.advance(MINUTE);
    world.answers.set(jobId(0), [{ kind: 'RateLimited', retryAt: world.clock.now() + MINUTE }]);
    await expect(world.sweep()).resolves.toMatchObject({ requests: 3, passesCompleted: 1 });
    expect(world.checkpoint()).toMatchObject({ pass: 1, pendingSeen: 1, after: `#${jobId(0)}` });
  });

  it('those whose turn it is not are passed by, and the pass is over the sooner', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 16; n += 1) {
      world.add(jobId(n), { registeredAt: world.clock.now() - 40 * MINUTE });
    }
    await world.ports.checkpoints.write({
      ...firstCheckpoint(world.clock.now(), 60),
      version: 1,
      runLengths: { ended: [0, 0, 300], givenUp: [0, 0, 0, 0, 0, 0, 0, 0, 300] },
      lastPassByAge: [0, 0, 50, 0, 0, 100],
    });
    await expect(world.sweep({ checksPerMinute: 60 })).resolves.toMatchObject({
      checks: 2,
      pending: 16,
      passesCompleted: 1,
    });
    expect(world.checkpoint()?.lastPassAnswers).toEqual({ reporting: { alive: 2, missing: 0 } });
  });

  it('pages are as long as the budget, and one job more', async () => {
    const world = pending(25);
    const { pendingPage } = world.ports.jobs;
    const limits: number[] = [];
    world.ports.jobs.pendingPage = (after, limit, signal) => {
      limits.push(limit);
      return pendingPage(after, limit, signal);
    };
    await world.sweep({ checksPerMinute: 10 });
    await world.sweep({ checksPerMinute: 5_000 });
    expect(limits[0]).toBe(11);
    expect(Math.max(...limits)).toBeLessThanOrEqual(500);
  });

  it('the budget fills by the clock', async () => {
    const world = pending(25);
    await world.sweep({ checksPerMinute: 10 });
    world.clock.advance(30 * SECOND);
    await expect(world.sweep({ checksPerMinute: 10 })).resolves.toMatchObject({ requests: 5 });
  });

  it('no request sets out later than 40 s into the sweep', async () => {
    const world = pending(25);
    const { ask } = world.ports.status;
    world.ports.status.ask = (...request) => {
      world.clock.advance(4 * SECOND);
      return ask(...request);
    };
    await expect(world.sweep()).resolves.toMatchObject({ requests: 10, passesCompleted: 0 });
    expect(world.checkpoint()?.after).toBe(`#${jobId(9)}`);
  });
});

it('what runs ended, and how old they were, is remembered', async () => {
  const world = pending(2);
  world.answers.set(jobId(0), [{ kind: 'Status', state: 'Succeeded' }]);
  await world.sweep();
  expect(world.checkpoint()?.runLengths?.ended[0]).toBe(1);
  world.answers.set(jobId(1), [{ kind: 'Status', state: 'Succeeded' }]);
  await world.sweep();
  expect(world.checkpoint()?.runLengths?.ended[0]).toBe(2);
});

it('how late the checks are is told', async () => {
  const world = pending(2);
  await world.sweep();
  world.clock.advance(10 * MINUTE);
  world.ports.jobs.pendingPage = () => Promise.reject(new Error('The table is down.'));
  const { lateness } = await world.sweep({ checksPerMinute: 2 });
  expect(lateness).toBe(5);
});

describe('with nothing pending', () => {
  it('the credentials are tried once an hour', async () => {
    const world = createMemoryWorld();
    let tries = 0;
    world.ports.tokens.current = async () => {
      tries += 1;
      return 'a token';
    };
    for (let minute = 0; minute < 120; minute += 1) {
      await world.sweep();
      world.clock.advance(MINUTE);
    }
    expect(tries).toBe(2);
  });

  it('and requests paused, they are not tried', async () => {
    const world = createMemoryWorld();
    world.ports.tokens.current = () => Promise.reject(new TokenEndpointDown('Down.'));
    await expect(world.sweep()).resolves.toMatchObject({ pausedFor: 'UpstreamDown' });
    world.clock.advance(MINUTE - 1);
    world.ports.tokens.current = () => Promise.reject(new Error('It is to be let alone.'));
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused' });
    expect(world.logged).toHaveLength(2);
  });
});

it('an outage of more than 5 min is reported, though it pauses nothing', async () => {
  const world = pending(1);
  world.answers.set(jobId(0), [
    { kind: 'Failed', error: { name: 'ServerError', message: 'Upstream answered 503.' } },
  ]);
  const reported: unknown[] = [];
  for (let minute = 0; minute < 7; minute += 1) {
    const { pausedFor, requests } = await world.sweep();
    reported.push([pausedFor, requests]);
    world.clock.advance(MINUTE);
  }
  const during = Array(5).fill([undefined, 1]);
  expect(reported).toEqual([...during, ['UpstreamDown', 1], ['UpstreamDown', 1]]);
});
