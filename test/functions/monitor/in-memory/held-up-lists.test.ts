import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import { newIModel } from '../../../../functions/core/imodels/imodel.ts';
import type { RunListAnswer } from '../../../../functions/core/ports.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, jobId } from './memory-world.ts';
import { IMODEL, pageOf, RUN, type WatchingWorld, watching } from './watching.ts';

/** Its turn comes after the other's. */
const OTHER = IMODEL.replace('b', 'c');
const BROKEN: RunListAnswer = { kind: 'Failed', error: { name: 'ServerError', message: '500.' } };

/** A world with two watched iModels, whose lists are asked for in turn. */
function watchingTwo(answerOf: (iModelId: string) => RunListAnswer) {
  const world = watching([]);
  const settings = { source: 'grouping-and-mapping', timeoutMinutes: 1_440 } as const;
  world.watch(newIModel({ iModelId: OTHER, watchedBy: 'test', ...settings }, BEGIN));
  const listed: string[] = [];
  world.ports.runLists.ask = async ({ iModelId }) => {
    listed.push(iModelId);
    return answerOf(iModelId);
  };
  return { ...world, listed };
}

/** Lets a list go on and on, each page with as many new runs. */
function goOn(world: WatchingWorld, runsOfPage: number): void {
  let runs = 0;
  world.ports.runLists.ask = async (_iModel, next) => {
    world.pages.push(next);
    const found = Array.from({ length: runsOfPage }, () => {
      runs += 1;
      return { ...RUN, jobId: jobId(runs), startedAt: BEGIN - runs * MINUTE };
    });
    return { kind: 'Page', runs: found, next: `?page=${world.pages.length + 1}` };
  };
}

describe('a list', () => {
  it('that is limited has had its turn: the next sweep begins with the next', async () => {
    const world = watchingTwo((iModelId) =>
      iModelId === IMODEL ? { kind: 'RateLimited', retryAt: BEGIN + MINUTE } : pageOf(),
    );
    await world.sweep();
    expect(world.listed).toEqual([IMODEL]);
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    expect(world.listed[1]).toBe(OTHER);
  });

  it('that had no token to be asked with has its turn to come, and is no error', async () => {
    const world = watchingTwo(() => pageOf());
    let tokens = 0;
    world.ports.tokens.current = async () => {
      tokens += 1;
      // The first is asked for to see whether there is one.
      if (tokens === 2) throw new TokenEndpointDown('It is down.');
      return 'a token';
    };
    await expect(world.sweep()).resolves.toMatchObject({ listings: 0, errors: 0 });
    expect(world.checkpoint()?.pause).toMatchObject({ cause: 'TokenEndpointDown' });
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    expect(world.listed).toEqual([IMODEL, OTHER]);
  });

  it('that was held up by the limit of another is no failure, and has its turn to come', async () => {
    const world = watchingTwo((iModelId) =>
      iModelId === IMODEL ? { kind: 'RateLimited', retryAt: BEGIN + MINUTE } : pageOf(),
    );
    const isLimited = Promise.withResolvers<void>();
    const { write } = world.ports.checkpoints;
    world.ports.checkpoints.write = (checkpoint, signal) => {
      if (checkpoint.pause) isLimited.resolve();
      return write(checkpoint, signal);
    };
    let tokens = 0;
    world.ports.tokens.current = async () => {
      tokens += 1;
      if (tokens === 3) await isLimited.promise;
      return 'a token';
    };
    const report = await world.sweep({ concurrency: 2 });
    expect(report).toMatchObject({ listingsFailed: 0, rateLimited: 1, iModelsInTrouble: 0 });
    expect(world.listed).toEqual([IMODEL]);
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    expect(world.listed[1]).toBe(OTHER);
  });

  it('that goes on and whose first page is broken stands as far as it came', async () => {
    const world = watching([]);
    goOn(world, 1);
    await world.sweep({ checksPerMinute: 3 });
    world.clock.advance(MINUTE);
    const found = { ...RUN, jobId: jobId(9), startedAt: BEGIN - 9 * MINUTE };
    world.ports.runLists.ask = async (_iModel, next) => (next ? pageOf(found) : BROKEN);
    const report = await world.sweep();
    expect(report).toMatchObject({ runsFound: 1, listings: 1, listingsFailed: 1, errors: 0 });
    expect(world.job(found.jobId)).toMatchObject({ state: 'Running' });
  });

  it('that goes on, and before which more runs have begun than a page holds, is read for all of them', async () => {
    const world = watching([]);
    let count = 250;
    world.ports.runLists.ask = async (_iModel, next) => {
      const from = Number(next?.slice('?skip='.length) ?? 0);
      const ids = Array.from({ length: count }, (_, i) => count - i).slice(from, from + 100);
      const runs = ids.map((n) => ({ ...RUN, jobId: jobId(n), startedAt: RUN.startedAt + n }));
      const end = from + 100;
      return { kind: 'Page', runs, ...(end < count && { next: `?skip=${end}` }) };
    };
    await world.sweep({ checksPerMinute: 2 });
    expect(world.watched.next).toMatchObject({ query: '?skip=200' });
    count = 400;
    for (let sweeps = 0; sweeps < 2; sweeps += 1) {
      world.clock.advance(MINUTE);
      await world.sweep();
    }
    const all = Array.from({ length: count }, (_, i) => jobId(i + 1));
    expect(all.filter((id) => !world.job(id))).toEqual([]);
    expect(world.watched).not.toHaveProperty('next');
  });

  it('of ten pages without a run does not come to an end; of fewer, nobody knows', async () => {
    const world = watching([]);
    goOn(world, 0);
    await world.sweep({ checksPerMinute: 3 });
    expect(world.watched).not.toHaveProperty('trouble');
    world.clock.advance(MINUTE);
    await world.sweep();
    const message = 'The list of runs does not come to an end.';
    expect(world.watched.trouble).toMatchObject({ cause: 'Unreadable', message });
  });

  it('that breaks off after something new, again and again, is told of once', async () => {
    const world = watching([]);
    for (const n of [1, 2, 3]) {
      const page = pageOf({ ...RUN, jobId: jobId(n), startedAt: BEGIN - n * MINUTE });
      world.lists.push({ ...page, next: '?page=2' } as RunListAnswer, BROKEN);
      await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, iModelsInTrouble: 1 });
      world.clock.advance(MINUTE);
      world.lists.length = 0;
    }
    expect(world.logged.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
