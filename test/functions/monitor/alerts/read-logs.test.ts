import { describe, expect, it } from 'vitest';
import type { LogsEndpoint } from '../../../../functions/core/ports.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { StatusAnswer, StrangePages } from '../../../../local/itwin-simulator/script.ts';
import { startItwinSimulator } from '../../../../local/itwin-simulator/server.ts';
import { SUCCEEDED } from '../support/answers.ts';
import { askedForLogs, ENTRY, failedWith, logsOf, unread } from '../support/logs.ts';
import { createWorld, type World } from '../support/world.ts';

const ENDLESS: StrangePages = { kind: 'endlessLogs', logs: [ENTRY] };

/** So many entries. */
function entries(count: number) {
  return Array.from({ length: count }, (_, index) => ({ ...ENTRY, message: `Entry ${index}.` }));
}

/** Sweeps once and holds that each of so many ended jobs was told of. */
async function expectAlerts(world: World, count: number): Promise<void> {
  await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: count, errors: 0 });
  await expect(world.alerts()).resolves.toHaveLength(count);
}

describe('a run that ends', () => {
  it.each<[string, StatusAnswer]>([
    ['Failed', { state: 'Failed' }],
    ['PartiallySucceeded', { state: 'PartiallySucceeded' }],
    ['Succeeded with issues', { state: 'Succeeded', containsIssues: true }],
  ])('%s has its logs read, with one request, and told with its alert', async (_, answer) => {
    await using world = await createWorld();
    const logs = [ENTRY, { ...ENTRY, level: 'Warning', message: null }];
    const jobId = await world.register({ answer: { ...answer, logs } });
    await expect(world.sweep()).resolves.toMatchObject({
      requests: 2,
      checks: 1,
      logsUnread: 0,
      alertsPublished: 1,
    });
    expect(askedForLogs(world)).toEqual([jobId]);
    const digest = {
      kind: 'Digest',
      entries: 2,
      isPartial: false,
      counts: [
        { level: 'Error', category: 'GroupQuery', count: 1 },
        { level: 'Warning', category: 'GroupQuery', count: 1 },
      ],
      messages: [ENTRY],
    };
    expect(await logsOf(world, jobId)).toEqual(digest);
    await expect(world.alerts()).resolves.toMatchObject([{ jobId, logs: digest }]);
  });

  it('well has no need of them, and neither has one that goes on', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const answers = [SUCCEEDED, { state: 'Running', containsIssues: true, logs: [ENTRY] }];
    for (const answer of answers) await world.register({ answer });
    await expect(world.sweep()).resolves.toMatchObject({ requests: 2, alertsPublished: 1 });
    expect(askedForLogs(world)).toEqual([]);
    expect(await logsOf(world, world.jobIds[0] ?? '')).toBeUndefined();
  });

  it('has its logs stored by the write that marks its alert: there is no write more', async () => {
    await using world = await createWorld();
    await world.register({ answer: failedWith([ENTRY]) });
    await world.sweep();
    const names = world.commands.map(({ name }) => name);
    expect(names.filter((name) => name === 'UpdateItem Jobs')).toHaveLength(2);
  });
});

describe('logs in pages', () => {
  it('are read to their end', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith(entries(2_500)) });
    await expect(world.sweep()).resolves.toMatchObject({ requests: 1 + 3, logsUnread: 0 });
    expect(await logsOf(world, jobId)).toMatchObject({ entries: 2_500, isPartial: false });
  });

  it('that never end are read for three pages', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith(ENDLESS) });
    await expectAlerts(world, 1);
    expect(askedForLogs(world)).toHaveLength(3);
    expect(await logsOf(world, jobId)).toMatchObject({ entries: 3, isPartial: true });
  });

  it('that lead to another host are read as far as they are on the configured one', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const elsewhere = await startItwinSimulator();
    const jobId = await world.register();
    const next = `${elsewhere.url}/insights/reporting/datasources/extraction/status/${jobId}/logs`;
    world.simulator.setRun(jobId, failedWith({ kind: 'strayLogs', logs: entries(10), next }));
    await expectAlerts(world, 1);
    expect(elsewhere.requests.list()).toEqual([]);
    await elsewhere.close();
    expect(askedForLogs(world)).toHaveLength(1);
    expect(await logsOf(world, jobId)).toMatchObject({ entries: 10, isPartial: true });
  });

  it('that break off are told as far as they were read', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith(entries(1_500)) });
    const runLogs: LogsEndpoint = {
      async ask(...request) {
        const [, next] = request;
        if (next === undefined) return world.ports.runLogs.ask(...request);
        return { kind: 'Unreadable', reason: 'The logs endpoint answered 503.' };
      },
    };
    await expect(world.sweep({}, { runLogs })).resolves.toMatchObject({ logsUnread: 0 });
    expect(await logsOf(world, jobId)).toMatchObject({ entries: 1_000, isPartial: true });
  });
});

describe('the budget', () => {
  it('is spent by log requests too; without any left, the alert goes out without logs', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const jobId = await world.register({ answer: failedWith([ENTRY]) });
    await expect(world.sweep({ checksPerMinute: 1 })).resolves.toMatchObject({
      requests: 1,
      alertsPublished: 1,
      logsUnread: 1,
    });
    expect(askedForLogs(world)).toEqual([]);
    expect(await logsOf(world, jobId)).toEqual(unread('The budget of requests is spent.'));
  });

  it('is left to checks by half, however long the logs are', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(20, { answer: failedWith(ENDLESS) });
    const report = await world.sweep({ checksPerMinute: 20, concurrency: 1 });
    expect(report).toMatchObject({ requests: 20, checks: 10, alertsPublished: 10 });
    expect(askedForLogs(world)).toHaveLength(10);
  });

  it('is not spent on checks alone when there are more jobs than it is for', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(30, { answer: failedWith([ENTRY]) });
    await expect(world.sweep({ checksPerMinute: 20 })).resolves.toMatchObject({
      requests: 20,
      checks: 18,
      alertsPublished: 18,
      logsUnread: 16,
    });
  });

  it('is never exceeded, sweep after sweep', async () => {
    await using world = await createWorld({ tables: 'memory' });
    await world.registerMany(30, { answer: failedWith(ENDLESS) });
    const reports = await world.sweepFor(5 * MINUTE, { checksPerMinute: 12 });
    for (const { requests } of reports) expect(requests).toBeLessThanOrEqual(12);
    expect(world.asked()).toHaveLength(30);
    await expect(world.alerts()).resolves.toHaveLength(30);
  });
});

describe('429 for logs', () => {
  it('pauses all requests as any 429 does, once the alert is out', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const limited = failedWith({ kind: 'tooManyRequests', retryAfter: 150 });
    const jobId = await world.register({ answer: limited });
    const others = await world.registerMany(3);
    await expect(world.sweep({ concurrency: 1 })).resolves.toMatchObject({
      requests: 2,
      checks: 1,
      rateLimited: 1,
      alertsPublished: 1,
    });
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'RateLimited', until: world.clock.now() + 150 * SECOND },
    });
    expect(await logsOf(world, jobId)).toEqual(unread(CAUSES.RateLimited.meaning));

    world.forget();
    world.clock.advance(149 * SECOND);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused', requests: 0 });
    world.clock.advance(SECOND);
    await world.sweep();
    expect(world.asked()).toEqual(others);
  });

  it('says so when it is the quota that is used up', async () => {
    await using world = await createWorld({ tables: 'memory' });
    const usedUp = { kind: 'error', status: 403, form: 'gateway', retryAfter: 150 } as const;
    const jobId = await world.register({ answer: failedWith(usedUp) });
    await world.sweep();
    expect(await logsOf(world, jobId)).toEqual(unread(CAUSES.QuotaUsedUp.meaning));
    await expect(world.checkpoint()).resolves.toMatchObject({
      pause: { reason: 'RateLimited', cause: 'QuotaUsedUp' },
    });
  });
});
