import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld } from './memory-world.ts';

const FAILED: Answer = { kind: 'Status', state: 'Failed' };

describe('the logs of a run that failed', () => {
  const entry = { level: 'Error', category: 'GroupQuery', message: 'No such class.' };
  const page = { kind: 'Page', entries: [entry], hasMore: false } as const;
  const more = { ...page, hasMore: true, next: 'more' } as const;

  function failing(): MemoryWorld {
    const world = createMemoryWorld();
    world.add(jobId(0));
    world.answers.set(jobId(0), [FAILED]);
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
    ['limited', { kind: 'RateLimited', retryAt: BEGIN + MINUTE }, CAUSES.RateLimited.meaning],
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

  it.each<[string, (world: MemoryWorld) => void, string]>([
    [
      'requests are paused',
      (world) => {
        world.add(jobId(1));
        world.answers.set(jobId(0), [() => setImmediate(FAILED)]);
        world.answers.set(jobId(1), [{ kind: 'RateLimited', retryAt: BEGIN + MINUTE }]);
      },
      'Requests to the iTwin Platform are paused.',
    ],
    [
      'requests are paused while a token comes',
      (world) => {
        const tokenAskedFor = Promise.withResolvers<void>();
        world.add(jobId(1));
        world.answers.set(jobId(1), [
          () =>
            tokenAskedFor.promise.then(() => ({ kind: 'RateLimited', retryAt: BEGIN + MINUTE })),
        ]);
        let calls = 0;
        world.ports.tokens.current = async () => {
          calls += 1;
          if (calls === 4) {
            tokenAskedFor.resolve();
            await setImmediate();
          }
          return 'a token';
        };
      },
      'Requests to the iTwin Platform are paused.',
    ],
    [
      'no request may set out any more',
      (world) => {
        world.answers.set(jobId(0), [
          async () => {
            world.clock.advance(40 * SECOND);
            return FAILED;
          },
        ]);
      },
      'The sweep had no time left to read them.',
    ],
    [
      'all their time goes into a token',
      (world) => {
        let calls = 0;
        world.ports.tokens.current = async () => {
          calls += 1;
          if (calls === 3) world.clock.advance(5 * SECOND);
          return 'a token';
        };
      },
      'Reading them took longer than 5 s.',
    ],
    [
      'all their time goes into a token that is renewed for another run',
      (world) => {
        const renewal = Promise.withResolvers<string>();
        world.add(jobId(1));
        world.answers.set(jobId(0), [() => setImmediate(FAILED)]);
        world.answers.set(jobId(1), [{ kind: 'Unauthorized' }]);
        world.ports.tokens.renew = async () => {
          // By then somebody waits for it to read the logs.
          for (let turn = 0; turn < 5; turn += 1) await setImmediate();
          world.clock.advance(5 * SECOND);
          return renewal.promise;
        };
        const { publish } = world.ports.topic;
        world.ports.topic.publish = async (message) => {
          await publish(message);
          renewal.resolve('a renewed token');
        };
      },
      'Reading them took longer than 5 s.',
    ],
    [
      'there is no token any more',
      (world) => {
        let calls = 0;
        world.ports.tokens.current = async () => {
          calls += 1;
          if (calls === 3) throw new TokenEndpointDown('Down.');
          return 'a token';
        };
      },
      'There is no access token to ask with.',
    ],
    [
      'they take longer than 5 s',
      (world) => {
        world.logs.push(async (signal) => {
          world.clock.advance(5 * SECOND);
          throw signal.reason;
        });
      },
      'Reading them took longer than 5 s.',
    ],
    [
      'there is a defect',
      (world) => {
        world.logs.push(() => Promise.reject(new TypeError('A defect')));
      },
      'Reading them failed; the log of the monitor says why.',
    ],
  ])('are not read when %s, and the alert says so', async (_, spoil, reason) => {
    const world = failing();
    spoil(world);
    await expect(world.sweep({ concurrency: 2 })).resolves.toMatchObject({
      logsUnread: 1,
      alertsPublished: 1,
    });
    expect(world.job(jobId(0))?.logs).toEqual({ kind: 'Unread', reason });
  });

  it('are not to be had without a token, which pauses requests', async () => {
    const world = failing();
    world.logs.push(() => Promise.reject(new TokenEndpointDown('Down.')));
    await expect(world.sweep()).resolves.toMatchObject({ errors: 0, pausedFor: 'UpstreamDown' });
  });

  it('and meet with a defect count as an error of ours, which the log tells', async () => {
    const world = failing();
    const error = new TypeError('A defect');
    world.logs.push(() => Promise.reject(error));
    await expect(world.sweep()).resolves.toMatchObject({ errors: 1 });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: { jobId: jobId(0), error } }),
    );
  });

  it('of owed alerts are not read while requests are paused', async () => {
    const world = createMemoryWorld();
    world.add(jobId(1));
    world.answers.set(jobId(1), [{ kind: 'RateLimited', retryAt: BEGIN + HOUR }]);
    await world.sweep();
    world.add(jobId(0), { state: 'Failed', owed: { 'j/2026-02-01T00:00:00.000Z/1': 'Ended' } });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused', requests: 0 });
    expect(world.job(jobId(0))?.logs).toMatchObject({ kind: 'Unread' });
  });
});
