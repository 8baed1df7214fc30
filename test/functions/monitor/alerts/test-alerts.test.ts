import { expect, it } from 'vitest';
import { JOB_ALERT_STATES } from '../../../../functions/core/alerts/filters.ts';
import { testJob } from '../../../../functions/core/alerts/test-job.ts';
import { status } from '../support/answers.ts';
import { createWorld } from '../support/world.ts';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

it.each(JOB_ALERT_STATES)(
  'a test alert for %s is published once, and upstream is not asked',
  async (state) => {
    await using world = await createWorld({ tables: 'memory' });
    const job = testJob({ jobId: JOB_ID, state, registeredBy: 'test' }, world.clock.now());
    await world.ports.jobs.add(job);
    await world.sweep();
    await world.sweep();
    await expect(world.alerts()).resolves.toMatchObject([{ jobId: JOB_ID }]);
    expect(world.asked()).toEqual([]);
  },
);

it('a test alert is published while requests are paused', async () => {
  await using world = await createWorld({ tables: 'memory' });
  await world.register({ answer: status(429) });
  await world.sweep();
  const job = testJob({ jobId: JOB_ID, state: 'Failed', registeredBy: 'test' }, world.clock.now());
  await world.ports.jobs.add(job);
  await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused', alertsPublished: 1 });
});
