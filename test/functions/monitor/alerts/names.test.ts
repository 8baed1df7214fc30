import { describe, expect, it } from 'vitest';
import type { IModel } from '../../../../functions/core/imodels/imodel.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import type { NewIModel } from '../../../../local/itwin-simulator/imodels.ts';
import { DEMONSTRATION_IMODEL } from '../../../../local/itwin-simulator/scenarios.ts';
import { FAILED, RUNNING } from '../support/answers.ts';
import { failedWith, logsOf } from '../support/logs.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const { id: IMODEL, mappings } = DEMONSTRATION_IMODEL;
const [{ id: MAPPING, groups }] = mappings as [(typeof mappings)[0]];
const [WINDOWS, WALLS] = groups.map(({ id }) => id);
const MESSAGE = `No such class. MappingId: ${MAPPING}, GroupId: ${WALLS}.`;
const LOGS = [{ level: 'Error', category: 'GroupQuery', message: MESSAGE }];

const BROKEN: readonly (readonly [string, NonNullable<NewIModel['names']>])[] = [
  ['forbidden', { kind: 'error', status: 403 }],
  ['not there', { kind: 'error', status: 404 }],
  ['down', { kind: 'error', status: 503 }],
  ['of another shape', { kind: 'wrongShape' }],
  ['no JSON', { kind: 'brokenJson' }],
  ['huge', { kind: 'hugeBody', bytes: 1_000_000 }],
  ['dropped', { kind: 'reset' }],
];

/** A world in which the iModel is watched since before any of its runs. */
async function worldWithNames(
  iModel: Partial<NewIModel> = {},
  options: WorldOptions = {},
  settings: Partial<IModel> = {},
): Promise<World> {
  const world = await createWorld({ tables: 'memory', ...options });
  world.simulator.addIModel({ ...DEMONSTRATION_IMODEL, automaticRuns: [], ...iModel });
  await world.ports.iModels.add({
    iModelId: IMODEL,
    source: 'grouping-and-mapping',
    timeoutMinutes: 1_440,
    since: world.clock.now(),
    watchedBy: 'test',
    version: 1,
    ...settings,
  });
  await world.sweep();
  world.clock.advance(MINUTE);
  world.forget();
  return world;
}

/** A run of the iModel that has failed. */
function failedRun(world: World, logs = LOGS): string {
  const steps = [{ answer: failedWith(logs) }];
  const kinds = ['grouping-and-mapping-extraction' as const];
  return world.simulator.addRun({ iModelId: IMODEL, kinds, startedMsAgo: SECOND, steps });
}

function askedForNames({ simulator }: World): string[] {
  const names = new Set(['imodel', 'mapping', 'group']);
  return simulator.requests
    .list()
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => names.has(endpoint));
}

describe('an alert of a run', () => {
  it('tells the names of iModel, mapping and group, with the ids behind', async () => {
    await using world = await worldWithNames({}, { tables: 'DynamoDB' });
    const jobId = failedRun(world);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1, errors: 0 });
    const message = `No such class. Mapping: Structure (${MAPPING}), Group: LoadBearingWalls (${WALLS}).`;
    await expect(world.alerts()).resolves.toMatchObject([
      {
        jobId,
        iModelId: IMODEL,
        iModelName: 'Harbour terminal',
        logs: { messages: [{ message }] },
      },
    ]);
    const [mail] = await world.engines.sns.alerts();
    expect(mail?.subject).toBe('Failed: Harbour terminal');
    expect(mail?.email).toContain('  iModel: Harbour terminal\n');
    expect(mail?.sms).toContain('Mapping: Structure, Group: LoadBearingWalls.');

    await expect(world.job(jobId)).resolves.toMatchObject({ iModelName: 'Harbour terminal' });
    expect(await logsOf(world, jobId)).toMatchObject({ messages: [{ message }] });
    expect(askedForNames(world).toSorted()).toEqual(['group', 'imodel', 'mapping']);
    const updates = world.commands.filter(({ name }) => name === 'UpdateItem Jobs');
    expect(updates, 'the alert is marked and the iModel written: no write more').toHaveLength(2);
  });

  it('of an iModel with a label tells both, unless the label has the name in it', async () => {
    await using world = await worldWithNames({}, {}, { label: 'Nightly' });
    failedRun(world);
    await world.sweep();
    const [mail] = await world.engines.sns.alerts();
    expect(mail?.subject).toBe('Failed: Nightly (Harbour terminal)');
  });

  it('goes out at once without the names of what has none', async () => {
    await using world = await worldWithNames();
    const unknown = '00000000-0000-4000-8000-000000000000';
    failedRun(world, [
      { ...LOGS[0], message: `Bad. MappingId: ${MAPPING}, GroupId: ${unknown}.` },
    ] as typeof LOGS);
    await world.sweep();
    await expect(world.alerts()).resolves.toMatchObject([
      {
        logs: {
          messages: [{ message: `Bad. Mapping: Structure (${MAPPING}), GroupId: ${unknown}.` }],
        },
      },
    ]);
  });

  it.each(BROKEN)('goes out without names where they are %s', async (_, names) => {
    await using world = await worldWithNames();
    const jobId = failedRun(world);
    world.simulator.addIModel({ ...DEMONSTRATION_IMODEL, automaticRuns: [], names });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    await expect(world.alerts()).resolves.toMatchObject([
      { jobId, iModelName: null, logs: { messages: [{ message: MESSAGE }] } },
    ]);
  });

  it('goes out after 2 s where names do not come', async () => {
    await using world = await worldWithNames({ names: { kind: 'hang' } });
    failedRun(world);
    const sweeping = world.sweep();
    await expect.poll(() => askedForNames(world).length).toBe(3);
    world.clock.advance(2 * SECOND);
    await expect(sweeping).resolves.toMatchObject({ alertsPublished: 1, logsUnread: 0 });
  });

  it('waits once for a name that does not come, however many alerts there are', async () => {
    await using world = await worldWithNames({ names: { kind: 'hang' } }, { answerTime: SECOND });
    for (let n = 0; n < 20; n += 1) failedRun(world);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 20, logsUnread: 0 });
    expect(askedForNames(world), 'each name once').toHaveLength(3);
  });

  it('stops all requests where names are limited, and goes out', async () => {
    await using world = await worldWithNames({
      names: { kind: 'tooManyRequests', retryAfter: 30 },
    });
    failedRun(world);
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    await expect(world.checkpoint()).resolves.toMatchObject({ pause: { reason: 'RateLimited' } });
  });

  it('of a success without issues asks for the name of its iModel alone', async () => {
    await using world = await worldWithNames();
    const logs = [{ level: 'Information', message: `Done. MappingId: ${MAPPING}.` }];
    const steps = [{ answer: { state: 'Succeeded', logs } }];
    const kinds = ['grouping-and-mapping-extraction' as const];
    world.simulator.addRun({ iModelId: IMODEL, kinds, steps });
    await expect(world.sweep()).resolves.toMatchObject({ alertsPublished: 1 });
    expect(askedForNames(world)).toEqual(['imodel']);
  });

  it('asks for five names at most', async () => {
    await using world = await worldWithNames();
    const many = Array.from({ length: 8 }, (_, n) => ({
      level: 'Error',
      category: 'GroupQuery',
      message: `No. ${n}. MappingId: ${MAPPING}, GroupId: ${n}${WINDOWS?.slice(1)}.`,
    }));
    failedRun(world, many);
    await world.sweep();
    expect(askedForNames(world)).toHaveLength(5);
  });

  it('that somebody registered by its id asks for what its logs name, and else for nothing', async () => {
    await using world = await worldWithNames();
    await world.register({ answer: FAILED });
    await world.sweep();
    expect(askedForNames(world)).toEqual([]);
    await world.register({ answer: failedWith(LOGS) });
    await world.sweep();
    expect(askedForNames(world).toSorted()).toEqual(['group', 'mapping']);
  });

  it('leaves to checks the half of the budget that is theirs', async () => {
    await using world = await worldWithNames();
    for (let n = 0; n < 8; n += 1) failedRun(world);
    await world.registerMany(10, { answer: RUNNING });
    const report = await world.sweep({ checksPerMinute: 12 });
    expect(report.requests).toBeLessThanOrEqual(12);
    expect(report).toMatchObject({ alertsPublished: 8 });
    expect(world.asked().length).toBeGreaterThan(0);
  });
});
