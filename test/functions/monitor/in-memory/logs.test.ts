import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../functions/core/durations.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

describe('the logs of a run that failed', () => {
  const entry = { level: 'Error', category: 'GroupQuery', message: 'No such class.' };
  const page = { kind: 'Page', entries: [entry], hasMore: false } as const;
  const more = { ...page, hasMore: true, next: 'more' } as const;

  function failing(): MemoryWorld {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.answers.set(jobId(0), [{ kind: 'Status', state: 'Failed' }]);
    return world;
  }

  it.each([
    ['one page', [page], { entries: 1, isPartial: false }, 2],
    ['pages up to the last', [more, page], { entries: 2, isPartial: false }, 3],
    ['three pages at the most', [more], { entries: 3, isPartial: true }, 4],
    [
      'a page that says there are more, but not how to ask',
      [{ ...page, hasMore: true }],
      { entries: 1, isPartial: true },
      2,
    ],
  ])('are read: %s', async (_, pages, logs, requests) => {
    const world = failing();
    world.logs.push(...pages);
    await expect(world.sweep()).resolves.toMatchObject({ requests, logsUnread: 0, jobsEnded: 1 });
    expect(world.job(jobId(0))?.logs).toMatchObject(logs);
  });

  it.each([
    ['unreadable', { kind: 'Unreadable', reason: 'Nonsense.' }, 'Nonsense.'],
    [
      'limited',
      { kind: 'RateLimited', retryAt: BEGIN + MINUTE },
      'The logs endpoint answered 429.',
    ],
  ] as const)('that are %s hold up no alert', async (_, answer, reason) => {
    const world = failing();
    world.logs.push(answer);
    await expect(world.sweep()).resolves.toMatchObject({ logsUnread: 1, alertsPublished: 1 });
    expect(world.job(jobId(0))?.logs).toEqual({ kind: 'Unread', reason });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { jobId: jobId(0), reason } }),
    );
  });

  it('that break off are told as far as they were read', async () => {
    const world = failing();
    world.logs.push(more, { kind: 'Unreadable', reason: 'Nonsense.' });
    await expect(world.sweep()).resolves.toMatchObject({ logsUnread: 0 });
    expect(world.job(jobId(0))?.logs).toMatchObject({ entries: 1, isPartial: true });
  });
});
