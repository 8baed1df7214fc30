import { describe, expect, it } from 'vitest';
import { AlertRefused } from '../../../../functions/core/errors.ts';
import type { KindName } from '../../../../functions/core/kinds/kinds.ts';
import type { AlertTopic } from '../../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type LogLine, type MemoryWorld } from './memory-world.ts';
import { addOwing, owing } from './owing.ts';

/** A topic that does something else at first. */
function first(world: MemoryWorld, publish: AlertTopic['publish'], count = 1): void {
  const { topic } = world.ports;
  const { publish: accept } = topic;
  let calls = 0;
  topic.publish = (message) => {
    calls += 1;
    return calls <= count ? publish(message) : accept(message);
  };
}

const fails = () => Promise.reject(new Error('The topic is down.'));

describe('what is owed', () => {
  it('is published from the first page to the last, and marked', async () => {
    const world = owing(250);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 250, alertsFailed: 0 });
    expect(new Set(world.published.map((alert) => alert.jobId)).size).toBe(250);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 0 });
    expect(world.job(jobId(0))).toMatchObject({ version: 3, alerts: [{ at: BEGIN }] });
  });

  it('and cannot be published stays owed; how old it is, is told', async () => {
    const world = createMemoryWorld();
    addOwing(world, 0, BEGIN - 3 * MINUTE);
    addOwing(world, 1, BEGIN - MINUTE);
    first(world, fails, 2);
    await expect(world.sweep()).resolves.toMatchObject({
      alertsPublished: 0,
      alertsFailed: 2,
      oldestOwed: 3 * MINUTE,
    });
    const owed = `${jobId(0)}/2026-01-31T23:59:30.000Z/2`;
    expect(world.logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        facts: { alertId: owed, error: new Error('The topic is down.') },
      }),
    );
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 2, oldestOwed: 0 });
  });

  it('is left alone after three failures in a row, until the next sweep', async () => {
    const world = owing(20);
    first(world, fails, 3);
    const report = await world.sweep();
    expect(report.alertsFailed).toBe(3);
    expect(report.alertsPublished).toBe(0);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 20 });
  });

  it('by one job stays owed, all that three failures in a row left unpublished', async () => {
    const world = createMemoryWorld();
    const ids = [2, 4, 6, 8, 10].map((n) => `${jobId(0)}/2026-01-31T22:00:00.000Z/${n}`);
    const owed = Object.fromEntries(ids.map((id) => [id, 'Ended'] as const));
    world.add(jobId(0), { owed, version: 11 });
    first(world, fails, 3);
    await expect(world.sweep()).resolves.toMatchObject({ alertsFailed: 3, alertsPublished: 0 });
    expect(world.job(jobId(0))?.owed).toEqual(owed);
  });

  it('is not even looked at once the topic has failed three times', async () => {
    const world = owing(250);
    const { get } = world.ports.jobs;
    let reads = 0;
    world.ports.jobs.get = (id, signal) => {
      reads += 1;
      return get(id, signal);
    };
    world.ports.topic.publish = fails;
    await world.sweep();
    expect(reads).toBeLessThan(30);
  });

  it('has no logs read for it once the topic has failed three times', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 5; n += 1) {
      world.add(jobId(n));
      world.answers.set(jobId(n), [{ kind: 'Status', state: 'Failed' }]);
    }
    world.ports.topic.publish = fails;
    await expect(world.sweep()).resolves.toMatchObject({ checks: 5, requests: 5 + 3 });
  });

  it('goes on being published where failures do not follow each other', async () => {
    const world = owing(40);
    let calls = 0;
    const { topic } = world.ports;
    const { publish } = topic;
    topic.publish = (message) => {
      calls += 1;
      return calls % 3 === 0 ? publish(message) : fails();
    };
    const { alertsFailed, alertsPublished } = await world.sweep();
    expect(alertsFailed + alertsPublished).toBe(40);
  });

  it('is published for 10 s at most', async () => {
    const world = owing(60);
    const { topic } = world.ports;
    const { publish } = topic;
    topic.publish = (message) => {
      world.clock.advance(SECOND);
      return publish(message);
    };
    const { alertsPublished } = await world.sweep();
    expect(alertsPublished).toBeGreaterThanOrEqual(10);
    expect(alertsPublished).toBeLessThan(20);
  });

  it('and is cut short by the end of the sweep is no error of ours', async () => {
    const world = owing(1);
    const { jobs } = world.ports;
    const { update, pendingPage } = jobs;
    jobs.update = async (before, after, signal) => {
      world.clock.advance(52 * SECOND);
      signal?.throwIfAborted();
      return update(before, after);
    };
    jobs.pendingPage = async (after, limit, signal) => {
      signal?.throwIfAborted();
      return pendingPage(after, limit);
    };
    const report = await world.sweep();
    expect(report).toMatchObject({ alertsPublished: 1, errors: 0, passesCompleted: 0 });
    expect(world.checkpoint()?.troubles).toEqual({});
  });

  it('and refused as invalid is published without outside text', async () => {
    const world = owing(1);
    const error = new AlertRefused('Invalid parameter');
    first(world, () => Promise.reject(error));
    await expect(world.sweep()).resolves.toMatchObject({
      alertsPublished: 1,
      bareAlerts: 1,
      alertsFailed: 0,
    });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ facts: expect.objectContaining({ error }) }),
    );
  });

  it('has the address of the page in it, and times of the zone that is set', async () => {
    const world = owing(1);
    const mails: string[] = [];
    world.ports.topic.publish = async ({ email }) => void mails.push(email);
    const settings = { pageUrl: 'https://monitor.example.com/', timeZone: 'Asia/Tokyo' };
    Object.assign(world.ports, settings);
    await world.sweep();
    expect(mails).toEqual([expect.stringContaining('https://monitor.example.com/')]);
    expect(mails).toEqual([expect.stringContaining('GMT+9')]);
  });

  it('and cannot be worded is published without outside text', async () => {
    const world = createMemoryWorld();
    addOwing(world, 0, BEGIN, { label: 42 as never });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, bareAlerts: 1 });
    const [{ facts }] = world.logged.filter(({ level }) => level === 'warn') as [LogLine];
    expect(facts.error).toMatchObject({
      message: 'The words of the alert could not be made.',
      cause: expect.any(TypeError),
    });
  });

  it('by jobs of a kind that only a later version knows, which was rolled back, holds up no other', async () => {
    const world = createMemoryWorld();
    const kind = 'of-a-later-version' as KindName;
    for (let n = 0; n < 3; n += 1) {
      const owed = { [`${jobId(n)}/2026-01-31T22:00:00.000Z/2`]: 'StillRunning' } as const;
      world.add(jobId(n), { kind, owed, version: 3 });
    }
    addOwing(world, 3, BEGIN, { kind });
    world.add(jobId(4));
    world.answers.set(jobId(4), [{ kind: 'Status', state: 'Failed' }]);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    expect(world.published).toMatchObject([{ jobId: jobId(4) }]);
  });

  it('but settled meanwhile, as an index may not show yet, is not published', async () => {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.ports.jobs.owedPage = async () => ({ items: [jobId(0), jobId(1)] });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 0, errors: 0 });
  });

  it('by a pending job, which was reopened, is published when its turn comes', async () => {
    const world = createMemoryWorld();
    const owed = { [`${jobId(0)}/2026-01-31T22:00:00.000Z/2`]: 'Ended' } as const;
    world.add(jobId(0), { owed, version: 3 });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, checks: 1 });
    expect(world.job(jobId(0))).not.toHaveProperty('owed');
  });

  it('by pending jobs is published while requests are paused, too', async () => {
    const world = createMemoryWorld();
    const { topic } = world.ports;
    const { publish } = topic;
    topic.publish = fails;
    world.answers.set(jobId(1), [{ kind: 'RateLimited', retryAt: BEGIN + 10 * MINUTE }]);
    world.add(jobId(0), { remindAt: BEGIN });
    world.add(jobId(1));
    await expect(world.sweep()).resolves.toMatchObject({ alertsFailed: 1, requests: 2 });
    topic.publish = publish;
    world.clock.advance(MINUTE);
    const paused = { outcome: 'Paused', alertsPublished: 1, requests: 0 };
    await expect(world.sweep()).resolves.toMatchObject(paused);
    expect(world.published).toMatchObject([{ jobId: jobId(0), kind: 'StillRunning' }]);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 0 });
  });

  it('by a pending job is published though its run is not to be asked about yet', async () => {
    const world = createMemoryWorld();
    const owed = { [`${jobId(0)}/2026-01-31T22:00:00.000Z/2`]: 'StillRunning' } as const;
    world.add(jobId(0), { owed, version: 3, notBefore: BEGIN + 10 * MINUTE });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, requests: 0 });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 0, requests: 0 });
  });
});

describe('marking what was published', () => {
  it('is tried again on what somebody else wrote meanwhile', async () => {
    const world = owing(1);
    const { jobs } = world.ports;
    const { update } = jobs;
    let isFirst = true;
    jobs.update = async (before, after) => {
      if (!isFirst) return update(before, after);
      isFirst = false;
      await update(before, { ...before, label: 'Renamed', version: before.version + 1 });
      return false;
    };
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, alertsPublished: 1 });
    expect(world.job(jobId(0))).toMatchObject({ label: 'Renamed', version: 4 });
    expect(world.job(jobId(0))).not.toHaveProperty('owed');
  });

  it('is given up after three attempts: the next sweep publishes it again', async () => {
    const world = owing(1);
    world.ports.jobs.update = async () => false;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 3, alertsPublished: 1 });
  });
});
