import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { QUEUED, RUNNING, SUCCEEDED, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const DOWN = status(503);
const EVERY_5_MIN = { every: 5 * MINUTE };

/** A world with one job seen before, whose watch runs out after 10 min. */
async function createWatchedWorld(answer = RUNNING): Promise<World> {
  const world = await createWorld({ tables: 'memory' });
  const timeoutAt = world.clock.now() + 10 * MINUTE;
  await world.register({ state: 'Running', timeoutAt, answer });
  return world;
}

describe('at timeoutAt, a valid non-terminal answer', () => {
  it.each([RUNNING, QUEUED])('(%j) ends the job as TimedOut and is published', async (answer) => {
    await using world = await createWatchedWorld(answer);
    const [jobId = ''] = world.jobIds;
    await world.sweepFor(10 * MINUTE, EVERY_5_MIN);
    await expect(world.alerts()).resolves.toEqual([]);

    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
    const reason = `Still ${'state' in answer && answer.state} after 10 min under watch. The run itself may go on.`;
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'TimedOut', reason });
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'TimedOut', reason }]);
  });

  it('does not come before a terminal one', async () => {
    await using world = await createWatchedWorld(SUCCEEDED);
    const [jobId = ''] = world.jobIds;
    world.clock.advance(HOUR);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Succeeded' });
  });
});

describe('at timeoutAt, with no valid answer', () => {
  it('the job is tried on for one hour, then ends as TimedOut with its last error', async () => {
    await using world = await createWatchedWorld(DOWN);
    const [jobId = ''] = world.jobIds;
    await world.sweepFor(70 * MINUTE, EVERY_5_MIN);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running', failedChecks: 14 });

    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'TimedOut',
      reason: 'No valid answer when the watch ran out: The status endpoint answered 503.',
      lastError: { name: 'ServerError', at: world.clock.now() },
      failedChecks: 15,
    });
  });

  it.each([
    ['a valid one ends it at once', RUNNING, 'TimedOut'],
    ['a terminal one ends it as it should', SUCCEEDED, 'Succeeded'],
  ])('the first that comes counts: %s', async (_, answer, state) => {
    await using world = await createWatchedWorld(DOWN);
    const [jobId = ''] = world.jobIds;
    await world.sweepFor(40 * MINUTE, EVERY_5_MIN);
    world.simulator.setRun(jobId, answer);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state });
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state }]);
  });

  it('pauses do not count as trying', async () => {
    await using world = await createWatchedWorld(DOWN);
    const [jobId = ''] = world.jobIds;
    await world.sweepFor(40 * MINUTE, EVERY_5_MIN);
    world.simulator.setRun(jobId, { kind: 'tooManyRequests', retryAfter: 3_600 });
    await world.sweepFor(5 * MINUTE, EVERY_5_MIN);
    world.simulator.setRun(jobId, DOWN);
    await world.sweepFor(85 * MINUTE, EVERY_5_MIN);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'TimedOut' });
  });

  it('hours in which no sweep came do not count as trying', async () => {
    await using world = await createWatchedWorld(DOWN);
    const [jobId = ''] = world.jobIds;
    await world.sweepFor(11 * MINUTE);
    world.clock.advance(12 * HOUR);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  });

  it('a run that is missing along with all others is no end before the hour is over', async () => {
    await using world = await createWatchedWorld(status(404));
    const [jobId = ''] = world.jobIds;
    await world.register({ state: 'Running', answer: status(404) });
    world.clock.advance(10 * MINUTE);
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Running',
      lastError: { name: 'UpstreamFault' },
    });
    for (let sweeps = 0; sweeps < 20; sweeps += 1) {
      world.clock.advance(15 * MINUTE + 10 * SECOND);
      await world.sweep();
    }
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Running' });
  });
});
