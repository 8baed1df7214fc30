import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CredentialsRefused, TokenEndpointDown } from '../../../../functions/core/errors.ts';
import type { Answer } from '../../../../functions/core/jobs/observation.ts';
import { firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, jobId, type MemoryWorld, type Reply } from './memory-world.ts';

const DOWN: Answer = { kind: 'Failed', error: { name: 'ServerError', message: '503' } };
const GONE: Answer = { kind: 'Missing', status: 404 };
const REFUSED: Answer = { kind: 'Unauthorized' };
const ALIVE: Answer = { kind: 'Status', state: 'Running' };

/** A world whose jobs, one after the other, get these answers. */
function worldOf(...answers: readonly Reply<Answer>[]): MemoryWorld {
  const world = createMemoryWorld();
  answers.forEach((answer, n) => {
    world.add(jobId(n));
    world.answers.set(jobId(n), [answer]);
  });
  return world;
}

/** An answer that comes when whatever can be asked at once has been asked. */
function late(answer: Answer): Reply<Answer> {
  return () => setImmediate(answer);
}

function times(count: number, answer: Answer): Answer[] {
  return Array.from({ length: count }, () => answer);
}

describe('requests pause', () => {
  it.each<[string, readonly Answer[], object]>([
    [
      'ten runs or more without an answer, when nobody gave any',
      times(12, DOWN),
      { requests: 12, upstreamDown: 1, pausedFor: 'UpstreamDown' },
    ],
    [
      'ten runs missing in a row',
      times(12, GONE),
      { requests: 10, upstreamFaults: 1, pausedFor: 'UpstreamFault' },
    ],
    ['two missing runs when there are no others', times(2, GONE), { upstreamFaults: 1 }],
    [
      'three jobs refused with a renewed token',
      times(5, REFUSED),
      { requests: 4, refusals: 3, credentialsRefused: 1, pausedFor: 'CredentialsRefused' },
    ],
  ])('after %s', async (_, answers, report) => {
    const world = worldOf(...answers);
    await expect(world.sweep()).resolves.toMatchObject(report);
    expect(world.checkpoint()).toMatchObject({
      pause: { until: BEGIN + MINUTE },
      pauseCount: 1,
    });
  });

  it.each<[string, readonly Answer[], number]>([
    ['nine runs without an answer', times(9, DOWN), 9],
    ['many runs without an answer where one has any', [...times(20, DOWN), ALIVE], 21],
    ['nine missing runs in a row', [...times(9, GONE), ALIVE, ...times(9, GONE)], 19],
    ['two refused jobs where a third is accepted', [REFUSED, REFUSED, ALIVE], 3],
    ['refused jobs once one was accepted', [ALIVE, ...times(5, REFUSED)], 6],
    ['failed checks that say nothing of upstream', times(20, failedWith('UnexpectedStatus')), 20],
  ])('but not after %s', async (_, answers, checks) => {
    const world = worldOf(...answers);
    const report = await world.sweep();
    expect(report).toMatchObject({ checks, upstreamDown: 0, upstreamFaults: 0 });
    expect(report).not.toHaveProperty('pausedFor');
    expect(world.checkpoint()).not.toHaveProperty('pause');
  });

  it.each([
    [new CredentialsRefused('Refused.'), 'CredentialsRefused', { credentialsRefused: 1 }],
    [new TokenEndpointDown('Down.'), 'UpstreamDown', { upstreamDown: 1 }],
  ] as const)('when there is no token: %s', async (error, pausedFor, counted) => {
    const world = worldOf(ALIVE, ALIVE);
    world.ports.tokens.current = () => Promise.reject(error);
    await expect(world.sweep()).resolves.toMatchObject({ pausedFor, requests: 0, ...counted });
    expect(world.job(jobId(0))?.version).toBe(1);
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { error } }),
    );
  });
});

describe('a pause', () => {
  it('doubles each time up to 15 min, and begins anew after a 200', async () => {
    const world = worldOf(...times(10, DOWN));
    const pauses: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      await world.sweep();
      const until = world.checkpoint()?.pause?.until ?? Number.NaN;
      pauses.push((until - world.clock.now()) / MINUTE);
      world.clock.advance(until - world.clock.now());
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
    world.answers.set(jobId(0), [ALIVE]);
    await world.sweep();
    expect(world.checkpoint()).toMatchObject({ pauseCount: 0 });
  });

  it('begins again as soon as ten runs have no answer, while nobody was answered since', async () => {
    const world = worldOf(...times(12, DOWN));
    await expect(world.sweep()).resolves.toMatchObject({ requests: 12 });
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ requests: 10, upstreamDown: 1 });
  });

  it('is not over because of answers that say nothing', async () => {
    const world = worldOf(...times(10, DOWN));
    await world.sweep();
    world.clock.advance(MINUTE);
    for (let n = 0; n < 10; n += 1) world.answers.set(jobId(n), [failedWith('UnexpectedStatus')]);
    await world.sweep();
    expect(world.checkpoint()).toMatchObject({ pauseCount: 1 });
  });

  it('over refused credentials says what upstream finds wrong with them', async () => {
    const cause = 'ClientUnknown';
    const world = worldOf(...times(3, { kind: 'Unauthorized', cause }));
    await world.sweep();
    expect(world.checkpoint()?.pause).toMatchObject({ reason: 'CredentialsRefused', cause });
  });

  it.each([
    ['since its time was up', BEGIN, { lastError: { name: 'Unauthorized' } }],
    ['before, but not since', BEGIN - 1, { version: 1 }],
  ])(
    'over refused credentials is no excuse for a run where others were answered %s',
    async (_, answeredAt, facts) => {
      const world = createMemoryWorld();
      world.add(jobId(0), { timeoutAt: BEGIN });
      world.answers.set(jobId(0), [REFUSED]);
      await world.ports.checkpoints.write({
        ...firstCheckpoint(BEGIN, 60),
        version: 1,
        contact: { answeredAt: { reporting: answeredAt } },
      });
      await world.sweep();
      expect(world.job(jobId(0))).toMatchObject(facts);
    },
  );

  it('holds back every request while it lasts, but no alert', async () => {
    const world = worldOf(...times(10, DOWN));
    await world.sweep();
    world.add(jobId(20), { state: 'TimedOut', owed: { 'j/2026-02-01T00:00:00.000Z/1': 'Ended' } });
    world.clock.advance(MINUTE - 1);
    await expect(world.sweep()).resolves.toMatchObject({
      outcome: 'Paused',
      pausedFor: 'UpstreamDown',
      requests: 0,
      alertsPublished: 1,
    });
    expect(world.checkpoint()).toMatchObject({ lastSweepAt: BEGIN + MINUTE - 1, budget: 100 });
    world.clock.advance(1);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', requests: 10 });
  });

  it('of a clock that was set back since is over, and so are lease and wait of its time', async () => {
    const world = createMemoryWorld();
    const job = world.add(jobId(0));
    await world.sweep();
    const later = world.clock.now() + 9 * HOUR;
    const { version = 0, ...found } = world.checkpoint() ?? firstCheckpoint(later, 60);
    await world.ports.checkpoints.write({
      ...found,
      version: version + 1,
      leaseUntil: later,
      pause: { until: later, reason: 'UpstreamDown' },
    });
    await world.ports.jobs.update(job, { ...job, version: job.version + 1, notBefore: later });
    world.clock.advance(MINUTE);
    world.asked.length = 0;
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed' });
    expect(world.asked).toEqual([jobId(0)]);
  });

  it('over refused credentials ends as soon as there are others', async () => {
    const world = worldOf(REFUSED);
    await world.sweep();
    world.clock.advance(30 * SECOND);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused', requests: 0 });
    world.ports.tokens.credentialsVersion = async () => '2';
    world.answers.set(jobId(0), [ALIVE]);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Completed', requests: 1 });
  });

  it('over refused credentials lasts while they cannot be read', async () => {
    const world = worldOf(REFUSED);
    const error = new Error('No such secret');
    await world.sweep();
    world.ports.tokens.credentialsVersion = () => Promise.reject(error);
    await expect(world.sweep()).resolves.toMatchObject({ outcome: 'Paused' });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: { error } }),
    );
  });

  it.each<[string, readonly Answer[], number]>([
    ['the longest, where several 429 ask for one', [limited(MINUTE), limited(HOUR)], HOUR],
    ['the longest, whichever comes first', [limited(HOUR), limited(MINUTE)], HOUR],
  ])('is %s', async (_, answers, length) => {
    const world = worldOf(...answers.map(late));
    await world.sweep({ concurrency: 2 });
    expect(world.checkpoint()?.pause).toEqual({ until: BEGIN + length, reason: 'RateLimited' });
  });

  it('that a 429 asks for is kept even when the credentials are refused, too', async () => {
    const world = worldOf(late(limited(30 * SECOND)), late(REFUSED));
    world.ports.tokens.renew = () => Promise.reject(new CredentialsRefused('Refused.'));
    await expect(world.sweep({ concurrency: 2 })).resolves.toMatchObject({
      rateLimited: 1,
      credentialsRefused: 1,
      pausedFor: 'RateLimited',
    });
  });
});

function limited(ms: number): Answer {
  return { kind: 'RateLimited', retryAt: BEGIN + ms };
}

function failedWith(name: 'UnexpectedStatus'): Answer {
  return { kind: 'Failed', error: { name, message: '302' } };
}
