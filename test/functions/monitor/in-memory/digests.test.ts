import { describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../../functions/core/alerts/message.ts';
import { AlertRefused } from '../../../../functions/core/errors.ts';
import { type Job, watchedJob } from '../../../../functions/core/jobs/job.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, type MemoryWorld } from './memory-world.ts';

/** The world begins at midnight (UTC); digests are due at seven. */
const SEVEN = BEGIN + 7 * HOUR;
const digest = { hour: 7, minute: 0, weekdays: [0, 1, 2, 3, 4, 5, 6], timeZone: 'UTC' };

interface DigestWorld extends MemoryWorld {
  /** The messages that the topic took of digests, oldest first. */
  readonly digests: AlertMessage[];
  /** What the topic does with the next messages, instead of taking them. */
  readonly failures: Error[];
  sweepAt(time: number): ReturnType<MemoryWorld['sweep']>;
}

/** A world that has swept once, at midnight. */
async function digestWorld(): Promise<DigestWorld> {
  const world = createMemoryWorld();
  const digests: AlertMessage[] = [];
  const failures: Error[] = [];
  Object.assign(world.ports.topic, {
    async publish(message: AlertMessage) {
      const failure = failures.shift();
      if (failure) throw failure;
      if (message.attributes.state === 'Digest') digests.push(message);
    },
  });
  const sweepAt = (time: number) => {
    world.clock.advance(time - world.clock.now());
    return world.sweep({ digest });
  };
  await sweepAt(BEGIN);
  return { ...world, digests, failures, sweepAt };
}

function ended({ add }: MemoryWorld, n: number, endedAt: number, facts: Partial<Job> = {}): void {
  add(`run-${n}`, { state: 'Succeeded', label: `Tower ${n}`, endedAt, ...facts });
}

const told = ({ digests }: DigestWorld) =>
  digests.map((each) => JSON.parse(each.default) as Record<string, unknown>);

describe('a digest', () => {
  it('is put on record 5 min after the set hour, and told by the next sweep', async () => {
    const world = await digestWorld();
    ended(world, 1, SEVEN - DAY);
    ended(world, 2, SEVEN - DAY - 1);
    ended(world, 3, SEVEN - 1, { state: 'Failed', reason: 'No such mapping.' });
    ended(world, 4, SEVEN);
    world.add('pending', { remindedAt: BEGIN, label: 'Stadium' });
    await world.sweepAt(SEVEN + 5 * MINUTE - 1);
    await world.sweepAt(SEVEN + 5 * MINUTE);
    expect(world.digests).toEqual([]);
    expect(world.checkpoint()).toMatchObject({ digest: { from: SEVEN - DAY, to: SEVEN } });
    const report = await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(report).toMatchObject({ digestsPublished: 1, errors: 0 });
    const period = { id: 'digest/2026-02-01', from: SEVEN - DAY, to: SEVEN };
    expect(world.logged).toEqual([{ level: 'info', message: 'A digest was told', facts: period }]);
    expect(told(world)).toMatchObject([
      {
        id: 'digest/2026-02-01',
        runs: 2,
        isPartial: false,
        failures: [{ jobId: 'run-3', reason: 'No such mapping.' }],
        pending: 1,
        pendingIsPartial: false,
        late: 1,
        latest: [{ jobId: 'pending', label: 'Stadium' }],
      },
    ]);
    await world.sweepAt(SEVEN + 7 * MINUTE);
    expect(world.digests).toHaveLength(1);
  });

  it('comes the next day though the clock was a week ahead for an hour', async () => {
    const world = await digestWorld();
    await world.sweepAt(BEGIN + 7 * DAY + 12 * HOUR);
    await world.sweepAt(BEGIN + 7 * DAY + 13 * HOUR);
    expect(world.digests).toHaveLength(1);
    await world.sweepAt(BEGIN + 13 * HOUR);
    ended(world, 1, BEGIN + 14 * HOUR);
    await world.sweepAt(SEVEN + DAY + 5 * MINUTE);
    await world.sweepAt(SEVEN + DAY + 6 * MINUTE);
    expect(told(world).slice(1)).toMatchObject([{ id: 'digest/2026-02-02', runs: 1 }]);
  });

  it('that is owed by a clock that was set back since is not told before its time', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    await world.sweepAt(BEGIN + HOUR);
    ended(world, 1, BEGIN + 2 * HOUR);
    expect(world.digests).toEqual([]);
    await world.sweepAt(SEVEN + 5 * MINUTE);
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ id: 'digest/2026-02-01', runs: 1 }]);
  });

  it('says so when nothing ended', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(world.digests[0]?.subject).toBe('Digest Sun 1 Feb 2026: no runs ended');
  });

  it.each([
    ['goes on', MINUTE, 'no runs were seen to end'],
    ['is over', DAY, 'no runs ended'],
  ])('says whether something hides how runs end: a trouble that %s', async (_, ago, headline) => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    const found = world.checkpoint();
    if (!found) throw new Error('There is no checkpoint.');
    const seenAt = SEVEN + 5 * MINUTE - ago;
    const trouble = { since: seenAt - HOUR, seenAt, cause: 'CredentialsRefused' } as const;
    const troubles = { CredentialsRefused: { ...trouble, isTold: true } };
    await world.ports.checkpoints.write({ ...found, version: found.version + 1, troubles });
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(world.digests[0]?.subject).toBe(`Digest Sun 1 Feb 2026: ${headline}`);
    expect(world.digests[0]?.email.includes('iTwin credentials refused')).toBe(ago < DAY);
  });

  it('is told while requests are paused', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    world.add('pending');
    world.answers.set('pending', [{ kind: 'RateLimited', retryAt: SEVEN + HOUR }]);
    const found = world.checkpoint();
    if (!found) throw new Error('There is no checkpoint.');
    const pause = { reason: 'RateLimited', until: SEVEN + HOUR } as const;
    await world.ports.checkpoints.write({ ...found, version: found.version + 1, pause });
    expect(await world.sweepAt(SEVEN + 6 * MINUTE)).toMatchObject({
      outcome: 'Paused',
      digestsPublished: 1,
    });
  });

  it('stays owed while it cannot be told, and comes under the same id, of the same period', async () => {
    const world = await digestWorld();
    ended(world, 1, SEVEN - HOUR);
    await world.sweepAt(SEVEN + 5 * MINUTE);
    world.failures.push(new Error('The topic is down.'));
    expect(await world.sweepAt(SEVEN + 6 * MINUTE)).toMatchObject({ errors: 1 });
    const facts = { id: 'digest/2026-02-01', error: new Error('The topic is down.') };
    expect(world.logged).toMatchObject([{ level: 'error', facts }]);
    await world.sweepAt(SEVEN + 2 * DAY);
    expect(told(world)).toMatchObject([{ id: 'digest/2026-02-01', runs: 1 }]);
    await world.sweepAt(SEVEN + 2 * DAY + 5 * MINUTE);
    await world.sweepAt(SEVEN + 2 * DAY + 6 * MINUTE);
    expect(told(world).slice(1)).toMatchObject([
      { id: 'digest/2026-02-03', from: '2026-02-01T07:00:00.000Z', runs: 0 },
    ]);
  });

  it('goes out bare when the topic refuses it as invalid', async () => {
    const world = await digestWorld();
    ended(world, 1, SEVEN - HOUR, { state: 'Failed', reason: 'Poison.' });
    await world.sweepAt(SEVEN + 5 * MINUTE);
    const error = new AlertRefused('no');
    world.failures.push(error);
    expect(await world.sweepAt(SEVEN + 6 * MINUTE)).toMatchObject({ bareAlerts: 1 });
    const facts = { id: 'digest/2026-02-01', error };
    expect(world.logged).toContainEqual(expect.objectContaining({ level: 'warn', facts }));
    expect(told(world)).toMatchObject([{ bare: true, runs: 1, failures: [{ label: null }] }]);
  });

  it('is told again when the sweep dies after the topic has taken it', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    const { write } = world.ports.checkpoints;
    let writes = 0;
    Object.assign(world.ports.checkpoints, {
      write: (checkpoint: Parameters<typeof write>[0]) => {
        writes += 1;
        if (writes > 1) throw new Error('Its process is gone.');
        return write(checkpoint);
      },
    });
    await expect(world.sweepAt(SEVEN + 6 * MINUTE)).rejects.toThrow('Its process is gone.');
    Object.assign(world.ports.checkpoints, { write });
    await world.sweepAt(SEVEN + 8 * MINUTE);
    expect(told(world).map(({ id }) => id)).toEqual(['digest/2026-02-01', 'digest/2026-02-01']);
  });

  it('counts 50,000 runs at the most, and says that there are more', async () => {
    const world = await digestWorld();
    const { statistics } = world.ports;
    const run = { jobId: 'run', state: 'Succeeded', endedAt: SEVEN - 1 };
    const items = Array.from({ length: 1_000 }, () => run);
    Object.assign(statistics, { endedPage: async () => ({ items, last: 'more' }) });
    await world.sweepAt(SEVEN + 5 * MINUTE);
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ runs: 50_000, isPartial: true }]);
  });

  it('counts 10,000 pending jobs at the most, and says that there are more', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    const items = Array.from({ length: 1_000 }, (_, n) => watchedJob(world.add(`pending-${n}`)));
    world.ports.jobs.pendingPage = async () => ({ items, last: 'more' });
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ pending: 10_000, pendingIsPartial: true }]);
  });

  it('counts the pending jobs of all pages', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    for (let n = 0; n < 1_001; n += 1) world.add(`pending-${n}`);
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ pending: 1_001, pendingIsPartial: false }]);
  });

  it('leaves out the failures that are off the record by then, and has the address of the page', async () => {
    const world = await digestWorld();
    Object.assign(world.ports, { pageUrl: 'https://monitor.example.com/' });
    ended(world, 1, SEVEN - HOUR, { state: 'Failed' });
    await world.sweepAt(SEVEN + 5 * MINUTE);
    world.ports.jobs.get = async () => undefined;
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ runs: 1, failures: [] }]);
    expect(world.digests[0]?.email).toContain('https://monitor.example.com/');
  });

  it.each<[string, Partial<Job>]>([
    ['is watched again by then', { state: 'Running' }],
    ['was watched again, and has succeeded', { state: 'Succeeded', endedAt: SEVEN + MINUTE }],
  ])('does not tell as a failure of a run that %s', async (_, facts) => {
    const world = await digestWorld();
    ended(world, 1, SEVEN - HOUR, { state: 'Failed' });
    ended(world, 2, SEVEN - HOUR, { state: 'NotFound' });
    await world.sweepAt(SEVEN + 5 * MINUTE);
    const { get } = world.ports.jobs;
    // It was registered again after its page was read.
    world.ports.jobs.get = async (jobId) => {
      const job = await get(jobId);
      return job && jobId === 'run-2' ? { ...omit(job, 'endedAt'), ...facts } : job;
    };
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(told(world)).toMatchObject([{ runs: 2, failures: [{ jobId: 'run-1' }] }]);
    expect(world.digests[0]?.email).toContain('(1 more)');
  });

  it('is given up for this sweep after 10 s', async () => {
    const world = await digestWorld();
    await world.sweepAt(SEVEN + 5 * MINUTE);
    world.ports.statistics.endedPage = (_range, _after, _limit, signal) => {
      world.clock.advance(10 * SECOND);
      return Promise.reject(signal?.aborted ? signal.reason : new Error('It goes on.'));
    };
    await world.sweepAt(SEVEN + 6 * MINUTE);
    expect(world.logged.at(0)?.facts.error).toMatchObject({ name: 'TimeoutError' });
  });

  it('is none, and leaves no record, where none are wanted', async () => {
    const world = await digestWorld();
    expect(world.checkpoint()).toHaveProperty('digest');
    world.clock.advance(DAY);
    await world.sweep();
    expect(world.checkpoint()).not.toHaveProperty('digest');
  });
});
