import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createStatusEndpoint } from '../../../../functions/adapters/itwin/endpoints.ts';
import type { StatusEndpoint } from '../../../../functions/core/ports.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import type { Answer } from '../../../../local/itwin-simulator/script.ts';
import { listenFor, stopServer } from '../../../../local/listen.ts';
import { RUNNING, status } from '../support/answers.ts';
import { createWorld, type World } from '../support/world.ts';

const DOWN = status(503);

/** A status endpoint where nobody listens. */
async function nobodyThere({ clock }: World): Promise<StatusEndpoint> {
  const server = createServer();
  const apiUrl = await listenFor(server);
  await stopServer(server);
  return createStatusEndpoint({ apiUrl, now: clock.now });
}

describe('5xx, timeout, connection error', () => {
  it.each<[string, Answer]>([
    ['ServerError', status(500)],
    ['ServerError', status(502)],
    ['ServerError', DOWN],
    ['ServerError', status(599)],
    ['ConnectionFailed', { kind: 'reset' }],
    ['Timeout', { kind: 'hang' }],
    ['Timeout', { kind: 'stall' }],
  ])('(%s, %j) is a failed check; the next sweep is the retry', async (name, answer) => {
    await using world = await createWorld({
      tables: 'memory',
      ...(name === 'Timeout' && { answerTime: 100 }),
    });
    const jobId = await world.register({ state: 'Running', answer });

    const [first] = await world.sweepFor(2 * MINUTE);
    expect(first).toMatchObject({ checks: 1, failedChecks: 1, errors: 0, passesCompleted: 1 });
    await expect(world.job(jobId)).resolves.toMatchObject({
      state: 'Running',
      failedChecks: 2,
      lastError: { name, at: world.clock.now() - MINUTE },
    });
    await expect(world.checkpoint()).resolves.not.toHaveProperty('pause');

    world.simulator.setRun(jobId, RUNNING);
    await world.sweep();
    const mended = await world.job(jobId);
    expect(mended).toMatchObject({ state: 'Running', version: 5 });
    expect(mended).not.toHaveProperty('failedChecks');
    expect(mended).not.toHaveProperty('lastError');
  });

  it('(nobody listens) is a failed check after one request', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running' });
    const status = await nobodyThere(world);
    await expect(world.sweep({}, { status })).resolves.toMatchObject({
      requests: 1,
      failedChecks: 1,
    });
    await expect(world.job(jobId)).resolves.toMatchObject({
      lastError: { name: 'ConnectionFailed', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('is retried at once only when a kept-alive connection was dropped', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running' });
    await world.sweep();
    world.forget();
    const steps = [{ answer: { kind: 'reset' }, forRequests: 1 }, { answer: RUNNING }] as const;
    world.simulator.addRun({ jobId, steps: [...steps] });

    await expect(world.sweep({ checksPerMinute: 10 })).resolves.toMatchObject({
      requests: 2,
      checks: 1,
      failedChecks: 0,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({ budget: 8 });
  });

  it('is not retried at once a second time, nor without budget', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(2, { state: 'Running', answer: { kind: 'reset' } });
    await expect(world.sweep({ checksPerMinute: 3, concurrency: 1 })).resolves.toMatchObject({
      requests: 3,
      failedChecks: 2,
      passesCompleted: 1,
    });
  });

  it('of one job holds up no other, even with budget for one request a sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.register({ answer: { kind: 'reset' } });
    await world.register();
    await world.sweepFor(4 * MINUTE, { checksPerMinute: 1 });
    const [sick, other] = world.jobIds;
    expect(world.asked()).toEqual([sick, other, sick, other]);
  });
});

describe('5xx, timeout, connection error of ten different jobs, and no answer from any', () => {
  it('is an outage once all were asked; the jobs asked about have a failed check', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(15, { state: 'Running', answer: DOWN });
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({
      requests: 15,
      failedChecks: 15,
      upstreamDown: 1,
      pending: 15,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'UpstreamDown', until: world.clock.now() + MINUTE },
      pauseCount: 1,
    });
  });

  it('ends the requests at once where it goes on after a pause', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(15, { state: 'Running', answer: DOWN });
    await world.sweepFor(MINUTE, { concurrency: 1 });
    world.forget();
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({ requests: 10 });
    expect(world.asked()).toEqual(jobIds.slice(0, 10));
    await expect(world.checkpoint()).resolves.toMatchObject({
      after: `#${jobIds[9]}`,
      pauseCount: 2,
    });
  });

  it('is one whatever the mixture', async () => {
    await using world = await createWorld({ tables: 'memory', answerTime: 100 });
    const bad: Answer[] = [DOWN, { kind: 'hang' }, { kind: 'reset' }, { kind: 'stall' }];
    for (const answer of [...bad, ...bad, ...bad]) {
      await world.register({ state: 'Running', answer });
    }
    await expect(world.sweep()).resolves.toMatchObject({ upstreamDown: 1 });
  });

  it('pauses for 1 min, doubling up to 15, until a 200', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(10, { state: 'Running', answer: DOWN });
    await world.sweepFor(46 * MINUTE);
    expect(world.askedMinutes()).toEqual([0, 1, 3, 7, 15, 30, 45]);

    for (const jobId of jobIds) world.simulator.setRun(jobId, RUNNING);
    world.clock.advance(14 * MINUTE);
    await world.sweepFor(MINUTE);
    await expect(world.checkpoint()).resolves.toMatchObject({ pauseCount: 0 });
    for (const jobId of jobIds) world.simulator.setRun(jobId, DOWN);
    await world.sweep();
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { until: world.clock.now() + MINUTE },
      pauseCount: 1,
    });
  });

  it.each<[string, Answer]>([
    ['a 200', RUNNING],
    ['a 404', status(404)],
    ['a 400', status(400)],
    ['a 401', status(401)],
  ])('is none when there is %s too', async (_, answer) => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(9, { state: 'Running', answer: DOWN });
    await world.register({ state: 'Running', answer });
    await world.registerMany(10, { state: 'Running', answer: DOWN });
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({
      checks: 20,
      upstreamDown: 0,
      passesCompleted: 1,
    });
  });

  it('is none when one job fails ten sweeps in a row', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ state: 'Running', answer: DOWN });
    const reports = await world.sweepFor(12 * MINUTE);
    expect(reports.every(({ upstreamDown }) => upstreamDown === 0)).toBe(true);
    await expect(world.job(jobId)).resolves.toMatchObject({ failedChecks: 12 });
  });
});

describe('any other status, redirects included', () => {
  it.each([204, 301, 302, 304, 308, 400, 405, 409, 410, 418, 422, 451])(
    '%i is a failed check',
    async (code) => {
      await using world = await createWorld({ tables: 'memory' });
      const headers = { location: `${world.simulator.url}/elsewhere` };
      const answer: Answer = { kind: 'raw', status: code, headers };
      const jobId = await world.register({ state: 'Running', answer });
      await expect(world.sweep()).resolves.toMatchObject({ requests: 1, failedChecks: 1 });
      await expect(world.job(jobId)).resolves.toMatchObject({
        state: 'Running',
        failedChecks: 1,
        lastError: { name: 'UnexpectedStatus', message: expect.stringContaining(String(code)) },
      });
    },
  );

  it('a redirect is not followed', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const other = await world.register({ answer: { state: 'Succeeded' } });
    const path = '/insights/reporting/datasources/extraction/status';
    const location = `${world.simulator.url}${path}/${other}`;
    const jobId = await world.register({ answer: { kind: 'redirect', location } });
    await world.sweep();
    expect(world.asked().toSorted()).toEqual([other, jobId]);
    await expect(world.job(jobId)).resolves.toMatchObject({ state: 'Registered', failedChecks: 1 });
  });
});
