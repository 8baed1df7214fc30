import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { RunListAnswer } from '../../../../functions/core/ports.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { isoTime, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, jobId } from './memory-world.ts';
import { IMODEL, pageOf, RUN, watching } from './watching.ts';

const PAGE = pageOf(RUN);
const EMPTY = pageOf();

describe('a list that tells nothing', () => {
  const correlationId = '5f0c';
  const error = { name: 'UnexpectedResponse', message: 'It has no list of runs.' } as const;

  it.each<[string, RunListAnswer, string, string]>([
    ['404', { kind: 'Missing', status: 404 }, 'NotFound', CAUSES.IModelUnknown.meaning],
    ['403', { kind: 'Missing', status: 403 }, 'AccessDenied', CAUSES.RoleMissing.meaning],
    ['401', { kind: 'Unauthorized' }, 'Unreadable', 'Upstream refuses the access token (401).'],
    ['of another shape', { kind: 'Failed', error, correlationId }, 'Unreadable', error.message],
  ])('is the trouble of its iModel until it does: %s', async (_, answer, cause, meaning) => {
    const world = watching([answer]);
    await expect(world.sweep()).resolves.toMatchObject({
      listings: 0,
      listingsFailed: 1,
      iModelsInTrouble: 1,
      errors: 0,
    });
    expect(world.watched.trouble).toEqual({ since: BEGIN, cause, message: meaning });
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

    world.lists[0] = PAGE;
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ listings: 1, iModelsInTrouble: 0 });
    expect(world.watched).not.toHaveProperty('trouble');
    expect(world.logged).toContainEqual({
      level: 'info',
      message: 'The runs of a watched iModel can be found again',
      facts: { iModelId: IMODEL, label: undefined, since: isoTime(BEGIN) },
    });
  });

  it('that gives no answer is told of as an outage of lists; one of another shape is not', async () => {
    const silent = watching([
      { kind: 'Failed', error: { name: 'Timeout', message: 'No answer.' } },
    ]);
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.failing).toEqual({
      'grouping-and-mapping lists': { since: BEGIN, at: BEGIN },
    });
    silent.lists[0] = EMPTY;
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.failing).toEqual({});
    const odd = watching([{ kind: 'Failed', error }]);
    await odd.sweep();
    expect(odd.checkpoint()?.contact?.failing ?? {}).toEqual({});
  });

  it('while requests are limited is none of the iModel, and pauses all', async () => {
    const world = watching([{ kind: 'RateLimited', retryAt: BEGIN + 5 * MINUTE }]);
    await expect(world.sweep()).resolves.toMatchObject({ listingsFailed: 0, iModelsInTrouble: 0 });
    expect(world.watched).not.toHaveProperty('trouble');
    expect(world.checkpoint()?.pause).toMatchObject({ reason: 'RateLimited' });
  });

  it('for want of a token is none of the iModel either', async () => {
    const world = watching([PAGE]);
    world.ports.tokens.current = () => Promise.reject(new TokenEndpointDown('It is down.'));
    await expect(world.sweep()).resolves.toMatchObject({ listings: 0, errors: 0 });
    expect(world.watched).toMatchObject({ version: 1 });
    expect(world.checkpoint()?.pause).toMatchObject({ cause: 'TokenEndpointDown' });
    expect(world.checkpoint()?.contact?.failing).toHaveProperty('tokens');
  });
});

describe('a list', () => {
  it('that shows a run says that its API answers, too', async () => {
    const world = watching([PAGE]);
    await world.sweep();
    expect(world.checkpoint()?.contact).toMatchObject({
      answeredAt: { 'grouping-and-mapping': BEGIN },
    });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ checks: 1, requests: 1 });
    expect(world.checkpoint()?.contact).not.toHaveProperty('failing');
    const silent = watching([EMPTY]);
    await silent.sweep();
    expect(silent.checkpoint()?.contact?.answeredAt ?? {}).toEqual({});
  });

  it('that was heard before a status had no answer does not say that one came since', async () => {
    const world = watching([PAGE]);
    const found = { iModelId: IMODEL, kind: 'grouping-and-mapping-extraction' } as const;
    world.add(jobId(0), found);
    world.add(RUN.jobId, found);
    world.answers.set(jobId(0), [
      { kind: 'Failed', error: { name: 'Timeout', message: 'No answer.' } },
    ]);
    await world.sweep();
    expect(world.asked).toEqual([jobId(0)]);
    expect(world.checkpoint()?.contact?.failing).toHaveProperty('grouping-and-mapping');
  });

  it('of many pages goes on where the last sweep stopped, and is read from its beginning as well', async () => {
    let page = 0;
    const world = watching([]);
    world.ports.runLists.ask = async (_iModel, next) => {
      world.pages.push(next);
      page += 1;
      const run = { ...RUN, jobId: jobId(page), startedAt: BEGIN - page * MINUTE };
      return { kind: 'Page', runs: [run], next: `?page=${page + 1}` };
    };
    await expect(world.sweep({ checksPerMinute: 3 })).resolves.toMatchObject({ listings: 3 });
    expect(world.pages).toEqual([undefined, '?page=2', '?page=3']);
    expect(world.watched.next).toMatchObject({ query: '?page=4' });
    world.clock.advance(MINUTE);
    await expect(world.sweep({ checksPerMinute: 3 })).resolves.toMatchObject({ runsFound: 3 });
    expect(world.pages.slice(3)).toEqual(['?page=4', '?page=5', '?page=6']);
    expect(world.watched.next).toMatchObject({ query: '?page=7' });
    world.clock.advance(MINUTE);
    await expect(world.sweep({ checksPerMinute: 60 })).resolves.toMatchObject({ listings: 10 });
    expect(world.pages.at(-1)).toBeUndefined();
    expect(world.pages.slice(6)).toHaveLength(10);
  });

  it.each([
    ['Running', 'Failed', 'Failed'],
    ['Failed', 'Running', 'Failed'],
    ['Queued', 'Running', 'Running'],
    ['Running', 'Queued', 'Queued'],
  ])(
    'that shows a run as %s where it goes on and as %s on its first page: it is %s',
    async (further, first, state) => {
      const world = watching([]);
      const said = (word: string) => ({ ...RUN, status: { ...RUN.status, state: word } });
      const other = (n: number) => ({ ...RUN, jobId: jobId(n + 10) });
      let sweeps = 0;
      world.ports.runLists.ask = async (_iModel, next) => {
        if (sweeps === 0) return { ...pageOf(other(world.pages.push(next))), next: '?page=n' };
        return next === undefined ? pageOf(said(first)) : pageOf(said(further));
      };
      await world.sweep({ checksPerMinute: 3 });
      world.add(RUN.jobId, {
        kind: 'grouping-and-mapping-extraction',
        iModelId: IMODEL,
        state: 'New',
      });
      sweeps += 1;
      world.clock.advance(MINUTE);
      await expect(world.sweep()).resolves.toMatchObject({ listings: 2, errors: 0 });
      expect(world.job(RUN.jobId)).toMatchObject({ state });
    },
  );

  it('is read for 10 s at most', async () => {
    const world = watching([]);
    world.ports.runLists.ask = async (_iModel, next) => {
      world.pages.push(next);
      world.clock.advance(5 * SECOND);
      const startedAt = BEGIN - world.pages.length * MINUTE;
      const run = { ...RUN, jobId: jobId(world.pages.length), startedAt };
      return { kind: 'Page', runs: [run], next: `?page=${world.pages.length + 1}` };
    };
    await expect(world.sweep()).resolves.toMatchObject({ listings: 2 });
    expect(world.watched.next).toMatchObject({ query: '?page=3' });
  });

  it.each<[string, RunListAnswer]>([
    ['limited', { kind: 'RateLimited', retryAt: BEGIN + 5 * MINUTE }],
    ['broken', { kind: 'Failed', error: { name: 'ServerError', message: '500.' } }],
  ])('whose second page is %s stands as far as it came', async (what, answer) => {
    const world = watching([{ ...PAGE, next: '?page=2' } as RunListAnswer, answer]);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, listings: 1 });
    expect(world.job(RUN.jobId)).toMatchObject({ state: 'Running', iModelId: IMODEL });
    if (what === 'limited') expect(world.watched.next).toMatchObject({ query: '?page=2' });
    else expect(world.watched.trouble).toMatchObject({ cause: 'Unreadable', message: '500.' });
  });
});

describe('an iModel', () => {
  const BROKEN = { level: 'error', message: 'The runs of an iModel could not be taken in' };

  it.each(['get', 'update'] as const)(
    'that cannot be kept is counted and told: %s',
    async (what) => {
      const world = watching([PAGE]);
      world.ports.iModels[what] = () => Promise.reject<never>(new Error('The table is down.'));
      await expect(world.sweep()).resolves.toMatchObject({
        outcome: 'Completed',
        passesCompleted: 1,
        errors: 1,
      });
      expect(world.logged).toContainEqual({
        ...BROKEN,
        facts: { iModelId: IMODEL, error: new Error('The table is down.') },
      });
    },
  );

  it('that somebody else changes meanwhile stays as they left it, and nothing is told', async () => {
    const world = watching([{ kind: 'Missing', status: 404 }]);
    world.ports.iModels.update = async () => false;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 1, errors: 0 });
    expect(world.logged.map(({ level }) => level)).toEqual(['info']);
  });

  it('whose watch has ended is not listed', async () => {
    const world = watching([PAGE]);
    world.ports.iModels.get = async () => undefined;
    const report = await world.sweep();
    expect(report).toMatchObject({ listings: 0, passesCompleted: 1, errors: 0 });
    expect(world.pages).toEqual([]);
  });
});
