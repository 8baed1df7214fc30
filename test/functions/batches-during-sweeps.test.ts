import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPendingJob } from '../../functions/core/sweeps/schedule.ts';
import { SECOND } from '../../functions/core/time.ts';
import { startTestApi, type TestApi } from './api/support/test-api.ts';
import { createWorld, type World } from './monitor/support/world.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** Sends a request to the API as it stands before the tables of a world; it is answered in no time. */
async function request(world: World, method: string, path: string, query: string, body?: object) {
  const { jobs, checkpoints, time } = world.ports;
  const now = time.now();
  const answer = await api.request(method, path, {
    query,
    ports: { jobs, checkpoints, time: { ...time, now: () => now } },
    ...(body && { body }),
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Sweeps one time after another until there is word to stop. */
function sweepOnAndOn(world: World): () => Promise<void> {
  let isOver = false;
  const sweeps = (async () => {
    while (!isOver) {
      await world.sweep({ checksPerMinute: 200 });
      world.clock.advance(SECOND);
    }
  })();
  return () => {
    isOver = true;
    return sweeps;
  };
}

it('1,000 jobs registered in 10 batches while sweeps run are all there, and none twice', async () => {
  await using world = await createWorld();
  const jobIds = Array.from({ length: 1_000 }, () => randomUUID());
  for (const jobId of jobIds) world.simulator.setRun(jobId, { state: 'Running' });
  const batches = Array.from({ length: 10 }, (_, i) =>
    jobIds.slice(i * 100, i * 100 + 100).map((jobId) => ({ jobId })),
  );
  const register = async (jobs: object[]) => {
    const { results } = await request(world, 'POST', '/jobs/batch', '', { jobs });
    return (results as { status: number }[]).map(({ status }) => status);
  };

  const stop = sweepOnAndOn(world);
  for (const jobs of batches) expect(await register(jobs)).toEqual(Array(100).fill(201));
  for (const jobs of batches.slice(8)) expect(await register(jobs)).toEqual(Array(100).fill(200));

  const listed: string[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const query = `limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = await request(world, 'GET', '/jobs', query);
    listed.push(...(page.jobs as { jobId: string }[]).map(({ jobId }) => jobId));
    cursor = page.cursor;
  }
  expect(listed).toHaveLength(1_000);
  expect(new Set(listed)).toEqual(new Set(jobIds));

  await stop();
  const page = await world.ports.jobs.pendingPage(undefined, 1_001);
  const items = page.items.filter(isPendingJob);
  expect(items.map(({ jobId }) => jobId)).toEqual(jobIds.toSorted());
  const states = items.map(({ state }) => state);
  expect(states, 'the sweeps were at work').toContain('Running');
}, 60_000);
