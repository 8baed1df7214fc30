import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { cancel } from '../../../../functions/core/jobs/watch.ts';
import type { AlertTopic, JobStore, StatusEndpoint } from '../../../../functions/core/ports.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import { FAILED, RUNNING, SUCCEEDED } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const HANG = { kind: 'hang' } as const;

/** How to wait for what is under way (ms). */
const PATIENTLY = { interval: 5, timeout: 5_000 };

/** What never answers, but lets itself be aborted. */
async function hang(signal: AbortSignal | undefined): Promise<never> {
  if (signal && !signal.aborted) await once(signal, 'abort');
  throw new Error('The operation was aborted.');
}

/** Waits until so many status requests have reached upstream. */
async function untilAsked(world: World, count: number): Promise<void> {
  await vi.waitFor(() => expect(world.asked()).toHaveLength(count), PATIENTLY);
}

describe('time', () => {
  it('no check starts after 40 s; the next sweep begins with those left over', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(10);
    const slow: StatusEndpoint = {
      ask(...request) {
        world.clock.advance(7 * SECOND);
        return world.ports.status.ask(...request);
      },
    };
    const first = await world.sweep({ concurrency: 1 }, { status: slow });
    expect(first).toMatchObject({ outcome: 'Completed', checks: 6, passesCompleted: 0 });
    world.forget();
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({ passesCompleted: 1 });
    expect(world.asked()).toEqual([...jobIds.slice(6), ...jobIds.slice(0, 6)]);
  });

  it('a check that takes 10 s is a failed one', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: HANG });
    const sweeping = world.sweep();
    await untilAsked(world, 1);
    world.clock.advance(10 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ failedChecks: 1, passesCompleted: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      lastError: { name: 'Timeout', message: 'No answer within 10 s.' },
    });
  });

  it('after 52 s every request is aborted and awaited; the next sweep begins with them', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.sweep();
    const hanging = await world.registerMany(3, { answer: HANG });
    await world.registerMany(2);
    const underWay = new Set<string>();
    const status: StatusEndpoint = {
      async ask(job, ...rest) {
        underWay.add(job.jobId);
        try {
          return await world.ports.status.ask(job, ...rest);
        } finally {
          underWay.delete(job.jobId);
        }
      },
    };
    const sweeping = world.sweep({}, { status });
    await vi.waitFor(() => expect([...underWay]).toEqual(hanging), PATIENTLY);
    world.clock.advance(52 * SECOND);
    await expect(sweeping).resolves.toMatchObject({
      outcome: 'Completed',
      checks: 2,
      failedChecks: 0,
      errors: 0,
      passesCompleted: 0,
    });
    expect(underWay.size).toBe(0);
    await expect(world.checkpoint()).resolves.not.toHaveProperty('leaseUntil');
    for (const jobId of hanging) {
      await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Registered', version: 1 });
      world.simulator.setRun(jobId, RUNNING);
    }
    world.forget();
    await world.sweep({ concurrency: 1 });
    expect(world.asked().slice(0, 3)).toEqual(hanging);
  });

  it('after 52 s the tables are waited for no longer; the answer is asked for again', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: SUCCEEDED });
    const jobs: JobStore = { ...world.ports.jobs, get: (_, signal) => hang(signal) };
    const sweeping = world.sweep({}, { jobs });
    await untilAsked(world, 1);
    world.clock.advance(52 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ outcome: 'Completed', passesCompleted: 0 });
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
    expect(world.asked()).toEqual([jobId, jobId]);
  });

  it('after 52 s the topic is waited for no longer; the alert stays owed', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: FAILED });
    const publishing = Promise.withResolvers<void>();
    const topic: AlertTopic = {
      publish(_, signal) {
        publishing.resolve();
        return hang(signal);
      },
    };
    const sweeping = world.sweep({}, { topic });
    await publishing.promise;
    world.clock.advance(52 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ outcome: 'Completed', alertsPublished: 0 });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, state: 'Failed' }]);
  });
});

describe('a sick job does not hold up the rest', () => {
  it('when it hangs', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: HANG });
    await world.registerMany(9, { answer: SUCCEEDED });
    const sweeping = world.sweep({ concurrency: 2 });
    await vi.waitFor(() => expect(world.alerts()).resolves.toHaveLength(9), PATIENTLY);
    world.clock.advance(10 * SECOND);
    await expect(sweeping).resolves.toMatchObject({
      failedChecks: 1,
      jobsEnded: 9,
      passesCompleted: 1,
    });
  });

  it.each(['get', 'update'] as const)('when the table fails to %s it', async (operation) => {
    await using world = await createWorld({ tables: 'memory' });
    const sick = await world.register({ answer: SUCCEEDED });
    await world.registerMany(9, { answer: SUCCEEDED });
    const { jobs } = world.ports;
    const fail = () => Promise.reject(new Error('The item cannot be had.'));
    const broken: JobStore = {
      ...jobs,
      get: (jobId, signal) =>
        operation === 'get' && jobId === sick ? fail() : jobs.get(jobId, signal),
      update: (before, after, signal) =>
        operation === 'update' && before.jobId === sick
          ? fail()
          : jobs.update(before, after, signal),
    };
    await expect(world.sweep({}, { jobs: broken })).resolves.toMatchObject({
      errors: 1,
      jobsEnded: 9,
      pending: 10,
      passesCompleted: 1,
    });
    await expect(world.sweep()).resolves.toMatchObject({ jobsEnded: 1, alertsPublished: 1 });
  });

  it('when asking about it is a defect of ours', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const [sick] = await world.registerMany(10);
    const status: StatusEndpoint = {
      async ask(job, ...rest) {
        if (job.jobId === sick) throw new TypeError('No such thing.');
        return world.ports.status.ask(job, ...rest);
      },
    };
    await expect(world.sweep({}, { status })).resolves.toMatchObject({
      errors: 1,
      checks: 9,
      failedChecks: 0,
      passesCompleted: 1,
    });
  });
});

describe('what somebody else wrote in the meantime', () => {
  it('stands: a job that is cancelled during its check stays Cancelled, without an alert', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: SUCCEEDED });
    const status: StatusEndpoint = {
      async ask(...request) {
        const answer = await world.ports.status.ask(...request);
        await world.change(jobId, (job) => cancel(job, world.clock.now(), 'somebody'));
        return answer;
      },
    };
    await expect(world.sweep({}, { status })).resolves.toMatchObject({
      lostConditions: 1,
      jobsEnded: 0,
      errors: 0,
      passesCompleted: 1,
    });
    await world.sweep();
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Cancelled', version: 2 });
    await expect(world.alerts()).resolves.toEqual([]);
  });

  it('stands also when it comes between reading the job and writing it', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: SUCCEEDED });
    const { jobs } = world.ports;
    const late: JobStore = {
      ...jobs,
      async get(...request) {
        const job = await jobs.get(...request);
        await world.change(jobId, (found) => cancel(found, world.clock.now(), 'somebody'));
        return job;
      },
    };
    await expect(world.sweep({}, { jobs: late })).resolves.toMatchObject({ lostConditions: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Cancelled' });
  });

  it('stands also when the index does not know of it yet', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: SUCCEEDED });
    const stale = await world.ports.jobs.pendingPage(undefined, 10);
    await world.change(jobId, (job) => cancel(job, world.clock.now(), 'somebody'));
    const jobs: JobStore = { ...world.ports.jobs, pendingPage: async () => stale };
    await expect(world.sweep({}, { jobs })).resolves.toMatchObject({
      lostConditions: 1,
      jobsEnded: 0,
    });
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Cancelled' });
  });
});
