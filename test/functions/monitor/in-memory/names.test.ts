import { describe, expect, it } from 'vitest';
import type { LogDigest, NameAnswer, Named } from '../../../../functions/core/alerts/log-digest.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';
import { addOwing } from './owing.ts';

const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const MAPPING = '11111111-4e7a-4d15-9c68-1f5a7e20d843';
const GROUP = '22222222-4e7a-4d15-9c68-1f5a7e20d843';
const MESSAGE = `No such class. MappingId: ${MAPPING}, GroupId: ${GROUP}.`;
const OF_IMODEL: Partial<Job> = { iModelId: IMODEL, kind: 'grouping-and-mapping-extraction' };

/** A run that has failed, whose alert is owed. */
const addFailed = (world: MemoryWorld, n: number, facts: Partial<Job> = OF_IMODEL) =>
  addOwing(world, n, BEGIN, { state: 'Failed', ...facts });

/** Logs that are on record, of one message. */
const logsWith = (level: string): LogDigest => ({
  kind: 'Digest',
  entries: 1,
  isPartial: false,
  counts: [{ level, category: '', count: 1 }],
  messages: [{ level, category: '', message: MESSAGE }],
});

/** A world whose logs say one message, and in which everything is called by its kind. */
function worldWithNames(message = MESSAGE) {
  const world = createMemoryWorld();
  const named: Named[] = [];
  world.logs.push({
    kind: 'Page',
    entries: [{ level: 'Error', category: 'GroupQuery', message }],
    hasMore: false,
  });
  world.ports.names.ask = async (one): Promise<NameAnswer> => {
    named.push(one);
    return { kind: 'Name', name: `The ${one.kind}` };
  };
  return { ...world, named };
}

describe('an alert', () => {
  it('names its iModel, and what its logs name, each asked for once', async () => {
    const world = worldWithNames();
    for (const n of [0, 1, 2]) addFailed(world, n);
    const report = await world.sweep();
    expect(report).toMatchObject({ alertsPublished: 3, requests: 3 + 3, errors: 0 });
    expect(world.named).toEqual([
      { kind: 'iModel', id: IMODEL },
      { kind: 'mapping', id: MAPPING },
      { kind: 'group', id: GROUP, mappingId: MAPPING },
    ]);
    const message = `No such class. Mapping: The mapping (${MAPPING}), Group: The group (${GROUP}).`;
    const told = { iModelName: 'The iModel', logs: { messages: [{ message }] } };
    expect(world.published).toMatchObject([told, told, told]);
    expect(world.job(jobId(2))).toMatchObject(told);
  });

  it.each<[string, Partial<Job>, readonly string[]]>([
    ['that has its name on record', { ...OF_IMODEL, iModelName: 'Known' }, ['mapping', 'group']],
    ['of no iModel', {}, ['mapping', 'group']],
    ['only made up', { ...OF_IMODEL, isTest: true }, []],
    ['whose logs nobody asks for', { ...OF_IMODEL, state: 'TimedOut' }, ['iModel']],
    [
      'whose logs are on record, and say nothing to mind',
      {
        ...OF_IMODEL,
        state: 'Succeeded',
        logs: logsWith('Information'),
      },
      ['iModel'],
    ],
    [
      'whose logs are on record, and tell of an issue',
      {
        ...OF_IMODEL,
        state: 'Succeeded',
        logs: logsWith('Error'),
      },
      ['iModel', 'mapping', 'group'],
    ],
  ])('of a run %s asks for what is not known', async (_, facts, kinds) => {
    const world = worldWithNames();
    addFailed(world, 0, facts);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    expect(world.named.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('asks for five names at most, that of its iModel first', async () => {
    const groups = Array.from({ length: 8 }, (_, n) => `GroupId: ${n}${GROUP.slice(1)}`);
    const world = worldWithNames(`No. MappingId: ${MAPPING}, ${groups.join(', ')}.`);
    addFailed(world, 0);
    await world.sweep();
    expect(world.named.map(({ kind }) => kind)).toEqual([
      'iModel',
      'mapping',
      ...Array(3).fill('group'),
    ]);
  });

  it.each<[string, NameAnswer]>([
    ['that are unreadable', { kind: 'Unreadable', reason: 'Upstream answered 403.' }],
    ['that are limited', { kind: 'RateLimited', retryAt: BEGIN + 30 * SECOND }],
  ])('goes out without names %s, and the log says so', async (_, answer) => {
    const world = worldWithNames();
    world.ports.names.ask = async () => answer;
    addFailed(world, 0);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, errors: 0 });
    expect(world.published).toMatchObject([
      { iModelName: null, logs: { messages: [{ message: MESSAGE }] } },
    ]);
    expect(world.job(jobId(0))).not.toHaveProperty('iModelName');
    expect(world.logged).toContainEqual({
      level: 'info',
      message: 'A name could not be looked up',
      facts: expect.objectContaining({ kind: 'iModel', id: IMODEL }),
    });
  });

  it('waits 2 s for names that do not come', async () => {
    const world = worldWithNames();
    let isAsked = false;
    world.ports.names.ask = (_named, _token, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        if (isAsked) return;
        isAsked = true;
        queueMicrotask(() => world.clock.advance(2 * SECOND));
      });
    addFailed(world, 0);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, logsUnread: 0 });
    expect(world.clock.now()).toBe(BEGIN + 2 * SECOND);
  });

  it('has its name where those before it came soon', async () => {
    const world = worldWithNames();
    for (let n = 0; n < 9; n += 1) {
      addFailed(world, n, { ...OF_IMODEL, iModelId: jobId(n), state: 'TimedOut' });
    }
    const { ask } = world.ports.names;
    world.ports.names.ask = (...asked) => {
      world.clock.advance(SECOND / 10);
      return ask(...asked);
    };
    await world.sweep();
    expect(world.named).toHaveLength(9);
  });

  it('has no names where all alerts of a sweep have waited 10 s for theirs', async () => {
    const world = worldWithNames();
    for (let n = 0; n < 9; n += 1) {
      addFailed(world, n, {
        ...OF_IMODEL,
        iModelId: IMODEL.replace('b', String(n)),
        state: 'TimedOut',
      });
    }
    const { ask } = world.ports.names;
    world.ports.names.ask = (...asked) => {
      world.clock.advance(1.9 * SECOND);
      return ask(...asked);
    };
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 9 });
    // They wait side by side, eight at a time.
    const unnamed = world.published.filter((alert) => Object(alert).iModelName === null);
    expect(world.named.length + unnamed.length).toBe(9);
    expect(unnamed.length).toBeGreaterThan(0);
  });
});
