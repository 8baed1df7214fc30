import { describe, expect, it, vi } from 'vitest';
import type { LogsEndpoint } from '../../../../functions/core/ports.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import type { StatusAnswer } from '../../../../local/itwin-simulator/script.ts';
import { askedForLogs, ENTRY, failedWith, logsOf, unread } from '../support/logs.ts';
import { createWorld } from '../support/world.ts';

describe('logs that cannot be read do not hold up the alert', () => {
  it.each<[string, NonNullable<StatusAnswer['logs']>, string]>([
    ['401', { kind: 'error', status: 401 }, 'The logs endpoint answered 401.'],
    ['403', { kind: 'error', status: 403 }, 'The logs endpoint answered 403.'],
    ['404', { kind: 'error', status: 404 }, 'The logs endpoint answered 404.'],
    ['503', { kind: 'error', status: 503 }, 'The logs endpoint answered 503.'],
    ['a redirect', { kind: 'redirect', location: '/' }, 'The logs endpoint answered 302.'],
    [
      'a lost connection',
      { kind: 'reset' },
      'The connection to the logs endpoint failed: ECONNRESET.',
    ],
    [
      'something else',
      { kind: 'wrongShape' },
      'The logs endpoint answered 200 without a list of logs.',
    ],
    [
      'nonsense',
      { kind: 'brokenJson' },
      'The logs endpoint answered 200 with something that is not JSON.',
    ],
    [
      'too much',
      { kind: 'hugeBody', bytes: 3 * 2 ** 20 },
      'The logs endpoint answered with more than 2 MiB.',
    ],
  ])('when upstream answers with %s', async (_, logs, reason) => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith(logs) });
    await expect(world.sweep()).resolves.toMatchObject({
      requests: 2,
      failedChecks: 0,
      refusals: 0,
      logsUnread: 1,
      alertsPublished: 1,
      errors: 0,
    });
    expect(await logsOf(world, jobId)).toEqual(unread(reason));
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, logs: unread(reason) }]);
    await expect(world.checkpoint()).resolves.not.toHaveProperty('pause');

    await expect(world.sweep()).resolves.toMatchObject({ requests: 0, alertsPublished: 0 });
  });

  it.each(['hang', 'stall'] as const)('when the answer does not come in time: %s', async (kind) => {
    await using world = await createWorld({ tables: 'memory', answerTime: 500 });
    const jobId = await world.register({ answer: failedWith({ kind }) });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, logsUnread: 1 });
    expect(await logsOf(world, jobId)).toEqual(
      unread('The logs endpoint gave no whole answer within 0.5 s.'),
    );
  });

  it('when it takes more than 5 s for one run', async () => {
    await using world = await createWorld({ tables: 'memory', answerTime: 60 * SECOND });
    const jobId = await world.register({ answer: failedWith({ kind: 'hang' }) });
    const sweeping = world.sweep();
    await vi.waitFor(() => expect(askedForLogs(world)).toHaveLength(1), { interval: 5 });
    world.clock.advance(5 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ alertsPublished: 1, logsUnread: 1 });
    expect(await logsOf(world, jobId)).toEqual(unread('Reading them took longer than 5 s.'));
  });

  it('when all runs together take more than 20 s: the others are told of at once', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobIds = await world.registerMany(12, { answer: failedWith([ENTRY]) });
    const slow: LogsEndpoint = {
      ask(...request) {
        world.clock.advance(4 * SECOND);
        return world.ports.runLogs.ask(...request);
      },
    };
    const report = await world.sweep({ concurrency: 1 }, { runLogs: slow });
    expect(report).toMatchObject({ alertsPublished: 12, logsUnread: 7 });
    expect(askedForLogs(world)).toEqual(jobIds.slice(0, 5));
    expect(await logsOf(world, jobIds[5] ?? '')).toEqual(
      unread('The sweep had no time left to read them.'),
    );
  });

  it('when the sweep has no time left for requests', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    const { status } = world.ports;
    const late = {
      async ask(...request: Parameters<typeof status.ask>) {
        const answer = await status.ask(...request);
        world.clock.advance(40 * SECOND);
        return answer;
      },
    };
    await expect(world.sweep({}, { status: late })).resolves.toMatchObject({ alertsPublished: 1 });
    expect(askedForLogs(world)).toEqual([]);
    expect(await logsOf(world, jobId)).toEqual(unread('The sweep had no time left to read them.'));
  });

  it('when reading them is a defect of ours', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    const runLogs: LogsEndpoint = {
      async ask() {
        throw new TypeError('No such thing.');
      },
    };
    await expect(world.sweep({}, { runLogs })).resolves.toMatchObject({
      alertsPublished: 1,
      errors: 1,
    });
    expect(await logsOf(world, jobId)).toEqual(
      unread('Reading them failed; the log of the monitor says why.'),
    );
  });

  it('when there are many: at most eight are read at a time, and all are told of', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(40, { answer: failedWith([ENTRY]) });
    const eight = Promise.withResolvers<void>();
    let underWay = 0;
    let most = 0;
    const runLogs: LogsEndpoint = {
      async ask(...request) {
        underWay += 1;
        most = Math.max(most, underWay);
        if (underWay === 8) setTimeout(eight.resolve, 50);
        await eight.promise;
        const answer = await world.ports.runLogs.ask(...request);
        underWay -= 1;
        return answer;
      },
    };
    await expect(world.sweep({}, { runLogs })).resolves.toMatchObject({
      alertsPublished: 40,
      logsUnread: 0,
    });
    expect(most).toBe(8);
  });
});
