import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { createMemoryWorld, jobId } from './memory-world.ts';

const FAILED: Answer = { kind: 'Status', state: 'Failed' };
/** Comes when all other checks have set out that may. */
const FAILED_LATE = () => setImmediate(FAILED);
const entry = { level: 'Error', category: 'GroupQuery', message: 'No such class.' };
const page = { kind: 'Page', entries: [entry], hasMore: false } as const;
const more = { ...page, hasMore: true, next: 'more' } as const;

describe('the logs of all runs that failed', () => {
  it('take 20 s of a sweep at most', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 7; n += 1) {
      world.add(jobId(n));
      world.answers.set(jobId(n), [FAILED]);
    }
    world.logs.push(async () => {
      world.clock.advance(4 * SECOND);
      return page;
    });
    await expect(world.sweep()).resolves.toMatchObject({ logsUnread: 2, requests: 7 + 5 });
    expect(world.job(jobId(6))?.logs).toEqual({
      kind: 'Unread',
      reason: 'The sweep had no time left to read them.',
    });
  });

  it('take half of the budget at most', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 3; n += 1) {
      world.add(jobId(n));
      world.answers.set(jobId(n), [FAILED]);
    }
    world.logs.push(more);
    await expect(world.sweep({ checksPerMinute: 10 })).resolves.toMatchObject({ requests: 3 + 5 });
    expect([0, 1, 2].map((n) => world.job(jobId(n))?.logs)).toMatchObject([
      { entries: 3 },
      { entries: 2, isPartial: true },
      { kind: 'Unread', reason: 'The budget of requests is spent.' },
    ]);
  });

  it('have the last tenth of the budget left to them', async () => {
    const world = createMemoryWorld();
    for (let n = 0; n < 20; n += 1) world.add(jobId(n));
    world.answers.set(jobId(0), [FAILED_LATE]);
    world.logs.push(page);
    const settings = { checksPerMinute: 10, concurrency: 20 };
    await expect(world.sweep(settings)).resolves.toMatchObject({ checks: 9, logsUnread: 0 });
  });

  it('have it left to them too when one pass is over and the next one begins', async () => {
    const world = createMemoryWorld();
    const settings = { checksPerMinute: 10, concurrency: 20 };
    for (let n = 0; n < 15; n += 1) world.add(jobId(n));
    await world.sweep(settings);
    world.clock.advance(MINUTE);
    world.answers.set(jobId(0), [FAILED_LATE]);
    world.logs.push(page);
    await expect(world.sweep(settings)).resolves.toMatchObject({ checks: 9, logsUnread: 0 });
    expect(world.checkpoint()).toMatchObject({ pass: 1, after: `#${jobId(3)}` });
  });
});
