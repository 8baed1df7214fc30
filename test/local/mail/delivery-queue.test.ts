import { expect, it } from 'vitest';
import { createDeliveryQueue } from '../../../local/mail/delivery-queue.ts';
import { NotMailed, TextRefused } from '../../../local/mail/mail-server.ts';
import { until } from './support/mailer.ts';

const WAITS = { first: 1, longest: 8, refusedText: 3_600_000 };

/** A queue whose letters fail as often as they say, with what became of each try. */
function startQueue(failures: Record<string, Error[]>) {
  const stopping = new AbortController();
  const events: unknown[] = [];
  const queue = createDeliveryQueue<string>({
    async send(letter) {
      const failure = failures[letter]?.shift();
      if (failure) throw failure;
      events.push(letter);
    },
    onFailure: (letter, _error, wait) => void events.push([letter, wait]),
    waits: WAITS,
    signal: stopping.signal,
  });
  return { queue, events, stop: () => stopping.abort() };
}

const times = (count: number) => Array.from({ length: count }, () => new NotMailed('No'));

it('the waits between two tries double up to the longest, and begin anew with the next letter', async () => {
  const { queue, events } = startQueue({ a: times(6), b: times(2) });
  queue.add('a');
  queue.add('b');
  await until(() => events.includes('b'));
  const waits = [1, 2, 4, 8, 8, 8].map((wait) => ['a', wait]);
  expect(events).toEqual([...waits, 'a', ['b', 1], ['b', 2], 'b']);
});

it('a letter whose text is refused steps aside', async () => {
  const { queue, events, stop } = startQueue({ a: [new TextRefused('No')] });
  queue.add('a');
  queue.add('b');
  await until(() => events.includes('b'));
  expect(events).toEqual([['a', WAITS.refusedText], 'b']);
  stop();
  await queue.ended();
  expect(events).toHaveLength(2);
});

it('after the signal no letter is tried', async () => {
  const { queue, events, stop } = startQueue({ a: times(1_000) });
  queue.add('a');
  queue.add('b');
  await until(() => events.length >= 3);
  stop();
  await queue.ended();
  const before = events.length;
  queue.add('c');
  await queue.ended();
  expect(events).toHaveLength(before);
});
