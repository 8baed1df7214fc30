import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import {
  type IModel,
  newIModel,
  watchedIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import type { RunListAnswer } from '../../../../functions/core/ports.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { isoTime, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId } from './memory-world.ts';

const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const RUN = {
  jobId: jobId(1),
  startedAt: BEGIN - 60 * MINUTE,
  status: { kind: 'Status', state: 'Running', isListed: true },
} as const;
const PAGE: RunListAnswer = { kind: 'Page', runs: [RUN] };
const EMPTY: RunListAnswer = { kind: 'Page', runs: [] };

/** A world with one watched iModel, whose list answers as is said, one after the other; the last one stays. */
function watching(...answers: RunListAnswer[]) {
  const world = createMemoryWorld();
  const settings = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  let iModel: IModel = newIModel({ iModelId: IMODEL, watchedBy: 'test', ...settings }, BEGIN);
  const asked: (string | undefined)[] = [];
  const { ports } = world;
  ports.iModels.get = async () => iModel;
  ports.iModels.update = async (_, after) => {
    iModel = after;
    return true;
  };
  ports.jobs.pendingPage = async (after) => ({ items: after ? [] : [watchedIModel(iModel)] });
  ports.runLists.ask = async (_iModel, next) => {
    asked.push(next);
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? EMPTY;
  };
  return { ...world, lists: asked, answers, iModel: () => iModel };
}

describe('a list that tells nothing', () => {
  const correlationId = '5f0c';
  const error = { name: 'UnexpectedResponse', message: 'It has no list of runs.' } as const;

  it.each<[string, RunListAnswer, string, string]>([
    ['404', { kind: 'Missing', status: 404 }, 'NotFound', CAUSES.IModelUnknown.meaning],
    ['403', { kind: 'Missing', status: 403 }, 'AccessDenied', CAUSES.RoleMissing.meaning],
    ['of another shape', { kind: 'Failed', error, correlationId }, 'Unreadable', error.message],
  ])('is the trouble of its iModel until it does: %s', async (_, answer, cause, meaning) => {
    const world = watching(answer);
    await expect(world.sweep()).resolves.toMatchObject({
      listings: 0,
      listingsFailed: 1,
      iModelsInTrouble: 1,
      errors: 0,
    });
    expect(world.iModel().trouble).toEqual({ since: BEGIN, cause, message: meaning });
    const facts = { iModelId: IMODEL, cause, meaning };
    const id = 'correlationId' in answer ? { correlationId } : {};
    expect(world.logged).toEqual([
      {
        level: 'info',
        message: 'The runs of an iModel could not be listed',
        facts: { ...facts, ...id },
      },
      {
        level: 'warn',
        message: 'The runs of a watched iModel cannot be found',
        facts: expect.objectContaining({ ...facts, since: isoTime(BEGIN) }),
      },
    ]);
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ iModelsInTrouble: 1 });
    expect(world.logged.filter(({ level }) => level === 'warn')).toHaveLength(1);

    world.answers[0] = PAGE;
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ listings: 1, iModelsInTrouble: 0 });
    expect(world.iModel()).not.toHaveProperty('trouble');
    expect(world.logged).toContainEqual({
      level: 'info',
      message: 'The runs of a watched iModel can be found again',
      facts: { iModelId: IMODEL, label: undefined, since: isoTime(BEGIN) },
    });
  });

  it('that gives no answer is told of as an outage of lists; one of another shape is not', async () => {
    const silent = watching({ kind: 'Failed', error: { name: 'Timeout', message: 'No answer.' } });
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.failing).toEqual({
      'grouping-and-mapping lists': { since: BEGIN, at: BEGIN },
    });
    silent.answers[0] = EMPTY;
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.failing).toEqual({});
    const odd = watching({ kind: 'Failed', error });
    await odd.sweep();
    expect(odd.checkpoint()?.contact?.failing ?? {}).toEqual({});
  });

  it('while requests are limited is none of the iModel, and pauses all', async () => {
    const world = watching({ kind: 'RateLimited', retryAt: BEGIN + 5 * MINUTE });
    await expect(world.sweep()).resolves.toMatchObject({ listingsFailed: 0, iModelsInTrouble: 0 });
    expect(world.iModel()).toMatchObject({ version: 1 });
    expect(world.checkpoint()?.pause).toMatchObject({ reason: 'RateLimited' });
  });

  it('for want of a token is none of the iModel either', async () => {
    const world = watching(PAGE);
    world.ports.tokens.current = () => Promise.reject(new TokenEndpointDown('It is down.'));
    await expect(world.sweep()).resolves.toMatchObject({ listings: 0, errors: 0 });
    expect(world.iModel()).toMatchObject({ version: 1 });
    expect(world.checkpoint()?.pause).toMatchObject({ cause: 'TokenEndpointDown' });
    expect(world.checkpoint()?.contact?.failing).toHaveProperty('tokens');
  });
});

describe('a list', () => {
  it('that shows a run says that its API answers, too', async () => {
    const world = watching(PAGE);
    await world.sweep();
    expect(world.checkpoint()?.contact).toMatchObject({
      answeredAt: { 'grouping-and-mapping': BEGIN },
    });
    const silent = watching(EMPTY);
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.answeredAt ?? {}).toEqual({});
  });

  it('of many pages goes on where the last sweep stopped, and is read from its beginning as well', async () => {
    let page = 0;
    const world = watching();
    world.ports.runLists.ask = async (_iModel, next) => {
      world.lists.push(next);
      page += 1;
      const run = { ...RUN, jobId: jobId(page), startedAt: BEGIN - page * MINUTE };
      return { kind: 'Page', runs: [run], next: `?page=${page + 1}` };
    };
    await expect(world.sweep({ checksPerMinute: 3 })).resolves.toMatchObject({ listings: 3 });
    expect(world.lists).toEqual([undefined, '?page=2', '?page=3']);
    expect(world.iModel().next).toMatchObject({ query: '?page=4' });
    world.clock.advance(MINUTE);
    await expect(world.sweep({ checksPerMinute: 3 })).resolves.toMatchObject({ runsFound: 3 });
    expect(world.lists.slice(3)).toEqual(['?page=4', '?page=5', '?page=6']);
    expect(world.iModel().next).toMatchObject({ query: '?page=7' });
    world.clock.advance(MINUTE);
    await expect(world.sweep({ checksPerMinute: 60 })).resolves.toMatchObject({ listings: 10 });
    expect(world.lists.at(-1)).toBeUndefined();
    expect(world.lists.slice(6)).toHaveLength(10);
  });

  it('is read for 10 s at most', async () => {
    const world = watching();
    world.ports.runLists.ask = async (_iModel, next) => {
      world.lists.push(next);
      world.clock.advance(5 * SECOND);
      const startedAt = BEGIN - world.lists.length * MINUTE;
      const run = { ...RUN, jobId: jobId(world.lists.length), startedAt };
      return { kind: 'Page', runs: [run], next: `?page=${world.lists.length + 1}` };
    };
    await expect(world.sweep()).resolves.toMatchObject({ listings: 2 });
    expect(world.iModel().next).toMatchObject({ query: '?page=3' });
  });

  it.each<[string, RunListAnswer]>([
    ['limited', { kind: 'RateLimited', retryAt: BEGIN + 5 * MINUTE }],
    ['broken', { kind: 'Failed', error: { name: 'ServerError', message: '500.' } }],
  ])('whose second page is %s stands as far as it came', async (what, answer) => {
    const world = watching({ ...PAGE, next: '?page=2' } as RunListAnswer, answer);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, listings: 1 });
    expect(world.job(RUN.jobId)).toMatchObject({ state: 'Running', iModelId: IMODEL });
    if (what === 'limited') expect(world.iModel().next).toMatchObject({ query: '?page=2' });
    else expect(world.iModel().trouble).toMatchObject({ cause: 'Unreadable', message: '500.' });
  });
});

describe('an iModel', () => {
  const BROKEN = { level: 'error', message: 'The runs of an iModel could not be taken in' };

  it.each(['get', 'update'] as const)(
    'that cannot be kept is counted and told: %s',
    async (what) => {
      const world = watching(PAGE);
      world.ports.iModels[what] = () => Promise.reject<never>(new Error('The table is down.'));
      await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', errors: 1 });
      expect(world.logged).toContainEqual({
        ...BROKEN,
        facts: { iModelId: IMODEL, error: new Error('The table is down.') },
      });
    },
  );

  it('that somebody else changes meanwhile stays as they left it, and nothing is told', async () => {
    const world = watching({ kind: 'Missing', status: 404 });
    world.ports.iModels.update = async () => false;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, errors: 0 });
    expect(world.logged.map(({ level }) => level)).toEqual(['info']);
  });

  it('whose watch has ended is not listed', async () => {
    const world = watching(PAGE);
    world.ports.iModels.get = async () => undefined;
    await expect(world.sweep()).resolves.toMatchObject({ listings: 0, errors: 0 });
    expect(world.lists).toEqual([]);
  });
});
