import { describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../../functions/core/alerts/message.ts';
import { CredentialsRefused } from '../../../../functions/core/errors.ts';
import type { RunListAnswer } from '../../../../functions/core/ports.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { isoTime, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import { BEGIN, createMemoryWorld, type MemoryWorld } from './memory-world.ts';
import { pageOf, RUN, watching } from './watching.ts';

const NOBODY = { message: 'Nobody gets alerts', level: 'warn' };
const ID = `NobodyListening/${BEGIN}`;

/** A world in which nobody gets alerts, and what its operator is told. */
function unheard() {
  const world = createMemoryWorld();
  const notices: AlertMessage[] = [];
  world.ports.subscribers.list = async () => [];
  world.ports.operators.publish = async (notice) => void notices.push(notice);
  return { ...world, notices };
}

/** Sweeps once a minute, each of which looks who gets alerts. @returns the last report */
async function sweepFor(world: MemoryWorld, minutes: number) {
  let report = await world.sweep({ lookEvery: 0 });
  for (let minute = 1; minute < minutes; minute += 1) {
    world.clock.advance(MINUTE);
    report = await world.sweep({ lookEvery: 0 });
  }
  world.clock.advance(MINUTE);
  return report;
}

const besides = ({ logged }: Pick<MemoryWorld, 'logged'>) =>
  logged.filter(({ message, level }) => message !== NOBODY.message || level !== NOBODY.level);

describe('the operator', () => {
  it('is told once of what has lasted, and once that it is over, and so is the log', async () => {
    const world = unheard();
    await expect(sweepFor(world, 31)).resolves.toMatchObject({ noticesPublished: 0 });
    await expect(sweepFor(world, 1)).resolves.toMatchObject({ noticesPublished: 1, errors: 0 });
    await expect(sweepFor(world, 5)).resolves.toMatchObject({ noticesPublished: 0 });
    world.ports.subscribers.list = async () => [{ protocol: 'sms', endpoint: '+1', arn: 'arn' }];
    await sweepFor(world, 10);
    expect(world.notices.map(({ attributes }) => attributes)).toEqual([
      { trouble: 'NobodyListening', phase: 'Began', cause: 'NobodyListening' },
      { trouble: 'NobodyListening', phase: 'Over', cause: 'NobodyListening' },
    ]);
    const facts = { since: isoTime(BEGIN), pending: 0, ...CAUSES.NobodyListening };
    expect(besides(world)).toEqual([
      {
        level: 'error',
        message: 'The operator was told of a trouble',
        facts: { noticeId: `${ID}/began`, ...facts },
      },
      {
        level: 'info',
        message: 'The operator was told that a trouble is over',
        facts: { noticeId: `${ID}/over`, ...facts },
      },
    ]);
    expect(world.checkpoint()?.troubles).toEqual({});
  });

  it('is told by the next sweep what the topic did not take, under the same id', async () => {
    const world = unheard();
    const { publish } = world.ports.operators;
    await sweepFor(world, 31);
    world.ports.operators.publish = () => Promise.reject(new Error('The topic is down.'));
    await expect(sweepFor(world, 2)).resolves.toMatchObject({
      noticesFailed: 1,
      noticesPublished: 0,
      errors: 1,
    });
    const failure = {
      level: 'error',
      message: 'The operator could not be told; the next sweep tries again',
      facts: { noticeId: `${ID}/began`, error: new Error('The topic is down.') },
    };
    expect(besides(world)).toEqual([failure, failure]);
    world.ports.operators.publish = publish;
    await expect(sweepFor(world, 1)).resolves.toMatchObject({ noticesPublished: 1, errors: 0 });
    expect(JSON.parse(world.notices[0]?.default ?? '')).toMatchObject({ id: `${ID}/began` });
  });

  it('is waited for 5 s at most, and told by the next sweep', async () => {
    const world = unheard();
    const { publish } = world.ports.operators;
    await sweepFor(world, 31);
    world.ports.operators.publish = (_notice, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        queueMicrotask(() => world.clock.advance(5 * SECOND));
      });
    await expect(sweepFor(world, 1)).resolves.toMatchObject({ noticesFailed: 1 });
    world.ports.operators.publish = publish;
    await expect(sweepFor(world, 1)).resolves.toMatchObject({ noticesPublished: 1 });
  });

  it('is not told that lists can be read again while nobody reads any', async () => {
    const denied: RunListAnswer = { kind: 'Missing', status: 403 };
    const world = watching([denied]);
    const told: unknown[] = [];
    const { tokens } = world.ports;
    const { current } = tokens;
    world.ports.operators.publish = async ({ attributes }) => void told.push(attributes);
    await sweepFor(world, 20);
    const began = { trouble: 'IModelsUnread', phase: 'Began', cause: 'IModelsUnread' };
    expect(told).toEqual([began]);

    tokens.current = () => Promise.reject(new CredentialsRefused('They are over.'));
    await sweepFor(world, 240);
    expect(told.slice(1)).toMatchObject([{ trouble: 'CredentialsRefused', phase: 'Began' }]);

    tokens.current = current;
    world.lists.splice(0, 1, pageOf(RUN));
    await sweepFor(world, 150);
    expect(told.slice(2)).toMatchObject([
      { trouble: 'CredentialsRefused', phase: 'Over' },
      { trouble: 'IModelsUnread', phase: 'Over' },
    ]);
  });

  it('is counted among the listeners once the link was opened', async () => {
    const world = unheard();
    world.ports.operators.list = async () => [
      { protocol: 'email', endpoint: 'a@example.com', arn: 'arn' },
      { protocol: 'email', endpoint: 'b@example.com' },
    ];
    await expect(sweepFor(world, 1)).resolves.toMatchObject({ listeners: { operators: 1 } });
  });
});
