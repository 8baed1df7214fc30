import { describe, expect, it } from 'vitest';
import { CredentialsRefused, DroppedConnection } from '../../../../functions/core/errors.ts';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { emptyReport, type SweepReport } from '../../../../functions/monitor/metrics.ts';
import { BEGIN, createMemoryWorld, jobId, type Reply } from './memory-world.ts';

const LISTENERS = {
  checkedAt: BEGIN,
  confirmed: 1,
  pending: 0,
  unconfirmed: 0,
  vanished: 0,
  operators: 0,
};
const RUNNING: Answer = { kind: 'Status', state: 'Running' };

/** A report of a sweep over one job, but for what these facts say. */
function reportWith(facts: Partial<SweepReport>): SweepReport {
  const walked = { requests: 1, checks: 1, pending: 1, passesCompleted: 1 };
  return { ...emptyReport(), lateness: 0, listeners: LISTENERS, ...walked, ...facts };
}

/** A world with one running job, for which upstream has these answers. */
function worldWith(...answers: Reply<Answer>[]) {
  const world = createMemoryWorld();
  world.add(jobId(1));
  world.answers.set(jobId(1), answers);
  return world;
}

describe('no answer', () => {
  const drops = () => Promise.reject(new DroppedConnection('The connection was closed.'));

  it('on a connection that was closed is asked for once more', async () => {
    await expect(worldWith(drops, RUNNING).sweep()).resolves.toEqual(reportWith({ requests: 2 }));
  });

  it('twice is a failed check', async () => {
    const world = worldWith(drops);
    await expect(world.sweep()).resolves.toEqual(reportWith({ requests: 2, failedChecks: 1 }));
    expect(world.job(jobId(1))?.lastError).toMatchObject({
      name: 'ConnectionFailed',
      message: 'The connection was closed.',
    });
  });

  it('is no outage any more once nobody is asked, be it by a clock that was set back since', async () => {
    const world = createMemoryWorld();
    const ahead = { since: BEGIN + 6 * HOUR, at: BEGIN + 7 * HOUR };
    const contact = { failing: { carbon: ahead } };
    await world.ports.checkpoints.write({ ...firstCheckpoint(BEGIN, 100), version: 1, contact });
    for (let n = 0; n < 2; n += 1) {
      await world.sweep();
      world.clock.advance(MINUTE);
    }
    expect(world.checkpoint()?.contact?.failing).toEqual({});
  });

  it('of those whom a pass could not ask lasts, though the clock of the sweep before was ahead by seconds', async () => {
    const world = worldWith(RUNNING);
    const ahead = BEGIN + 11 * SECOND;
    const contact = { failing: { reporting: { since: BEGIN - 6 * MINUTE, at: ahead } } };
    const last = { lastPassStartedAt: ahead - SECOND, lastPassCompletedAt: ahead, contact };
    await world.ports.checkpoints.write({ ...firstCheckpoint(BEGIN, 100), version: 1, ...last });
    world.ports.tokens.current = () => Promise.reject(new CredentialsRefused());
    for (let n = 0; n < 2; n += 1) {
      await world.sweep();
      world.clock.advance(2 * MINUTE);
    }
    expect(world.checkpoint()?.contact?.failing).toHaveProperty('reporting');
  });

  it('is asked for once only when there is no budget for more', async () => {
    const world = worldWith(drops);
    await expect(world.sweep({ checksPerMinute: 1 })).resolves.toMatchObject({
      requests: 1,
      failedChecks: 1,
    });
  });

  it('within 10 s is a failed check', async () => {
    const world = worldWith(async (signal) => {
      world.clock.advance(10 * SECOND);
      throw signal.reason;
    });
    await expect(world.sweep()).resolves.toMatchObject({ checks: 1, failedChecks: 1, errors: 0 });
    expect(world.job(jobId(1))?.lastError).toMatchObject({
      name: 'Timeout',
      message: 'No answer within 10 s.',
    });
  });

  it('before the end of the sweep is nobody’s fault, and the job is the first of the next', async () => {
    const world = worldWith(async (signal) => {
      world.clock.advance(52 * SECOND);
      throw signal.reason;
    }, RUNNING);
    world.add(jobId(2));
    await expect(world.sweep()).resolves.toMatchObject({ checks: 0, errors: 0, failedChecks: 0 });
    world.asked.length = 0;
    await world.sweep();
    expect(world.asked).toEqual([jobId(1), jobId(2)]);
  });

  it('that could be put on record before the end of the sweep is asked for again', async () => {
    const world = worldWith(async () => {
      world.clock.advance(52 * SECOND);
      return { kind: 'Status', state: 'Succeeded' };
    });
    world.ports.jobs.get = async (_, signal) => {
      signal?.throwIfAborted();
      return undefined;
    };
    await expect(world.sweep()).resolves.toMatchObject({ checks: 1, errors: 0, jobsEnded: 0 });
    expect(world.checkpoint()).toMatchObject({ passStartedAt: BEGIN, pendingSeen: 0 });
  });

  it('but an error of ours is counted and logged, and holds up no other job', async () => {
    const world = worldWith(() => Promise.reject(new TypeError('A defect')));
    world.add(jobId(2));
    await expect(world.sweep()).resolves.toMatchObject({
      errors: 1,
      checks: 1,
      pending: 2,
      passesCompleted: 1,
    });
    expect(world.logged).toContainEqual({
      level: 'error',
      message: expect.any(String),
      facts: { jobId: jobId(1), error: new TypeError('A defect') },
    });
  });
});
