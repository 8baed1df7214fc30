import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  createFollowUpQueue,
  endOfFollowUp,
  type MonitorEvent,
} from '../../functions/adapters/sqs/follow-up-queue.ts';
import { startMessageQueue, startScheduler } from '../../local/scheduler.ts';

const UNTIL = Date.UTC(2026, 1, 1);
const fail = (error: unknown) => expect.unreachable(String(error));
const WAIT = { timeout: 20_000, interval: 50 };

/** A queue of the local run, as the function asks it. */
async function startQueue() {
  const messages = await startMessageQueue();
  const client = new SQSClient({
    endpoint: new URL(messages.url).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    client.destroy();
    await messages.close();
  });
  return { messages, queue: createFollowUpQueue(client, messages.url) };
}

it('gives the monitor the messages that it has sent, and never two events at a time', async () => {
  const { messages, queue } = await startQueue();
  const events: MonitorEvent[] = [];
  let running = 0;
  let most = 0;
  async function invoke(event: unknown): Promise<void> {
    running += 1;
    most = Math.max(most, running);
    events.push(event as MonitorEvent);
    if (events.length === 1) await queue.send([1], UNTIL);
    if (events.length === 2) await Promise.all([queue.send([0], UNTIL), queue.send([0], UNTIL)]);
    // What has come meanwhile would begin now, if it did not wait.
    await sleep(50);
    running -= 1;
  }
  const scheduler = startScheduler(3_600, { invoke, onError: fail, messages });
  await vi.waitFor(() => expect(events).toHaveLength(4), WAIT);
  await scheduler.stop();
  const [first, ...others] = events;
  expect(first).toMatchObject({ source: 'aws.scheduler' });
  expect(first).not.toHaveProperty('Records');
  const ends = others.map(({ Records: [message] = [] }) => endOfFollowUp(message?.body ?? ''));
  expect(ends).toEqual([UNTIL, UNTIL, UNTIL]);
  expect(most).toBe(1);
});

it('tells of an invocation that fails, and goes on', async () => {
  const { messages, queue } = await startQueue();
  const errors: unknown[] = [];
  let count = 0;
  async function invoke(): Promise<void> {
    count += 1;
    if (count === 1) await queue.send([1], UNTIL);
    throw new Error(`The ${count}. has failed.`);
  }
  const onError = (error: unknown) => void errors.push(error);
  const scheduler = startScheduler(3_600, { invoke, onError, messages });
  await vi.waitFor(() => expect(errors).toHaveLength(2), WAIT);
  await scheduler.stop();
});

it('invokes on time when the clock is set back by hours during a sweep', async () => {
  let count = 0;
  async function invoke(): Promise<void> {
    count += 1;
    const now = Date.now() - 2 * 3_600_000;
    if (count === 1) vi.spyOn(Date, 'now').mockReturnValue(now);
  }
  const scheduler = startScheduler(0.1, { invoke, onError: fail });
  await vi.waitFor(() => expect(count).toBeGreaterThan(1), WAIT);
  await scheduler.stop();
});

it('that is stopped gives out nothing that is still in the queue', async () => {
  const { messages, queue } = await startQueue();
  let count = 0;
  const invoke = async () => {
    count += 1;
  };
  const scheduler = startScheduler(3_600, { invoke, onError: fail, messages });
  await vi.waitFor(() => expect(count).toBe(1), WAIT);
  await queue.send([1], UNTIL);
  await scheduler.stop();
  await queue.send([0], UNTIL);
  // By then it would have given out both.
  await sleep(1_100);
  expect(count).toBe(1);
});

it('that is stopped waits for the sweep under way', async () => {
  const begun = Promise.withResolvers<void>();
  const work = Promise.withResolvers<void>();
  const invoke = () => {
    begun.resolve();
    return work.promise;
  };
  const scheduler = startScheduler(3_600, { invoke, onError: fail });
  await begun.promise;
  const order: string[] = [];
  const stopped = scheduler.stop().then(() => order.push('stopped'));
  await sleep(20);
  order.push('ended');
  work.resolve();
  await stopped;
  expect(order).toEqual(['ended', 'stopped']);
});

it('a sender that is ended in the midst of a message ends nothing else', async () => {
  const messages = await startMessageQueue();
  onTestFinished(messages.close);
  const { origin, port } = new URL(messages.url);
  const sender = connect(Number(port), '127.0.0.1');
  sender.write('POST / HTTP/1.1\r\nhost: q\r\ncontent-length: 99\r\n\r\n{"Entries":', () =>
    sender.resetAndDestroy(),
  );
  await once(sender, 'close');
  // Whatever nobody has handled by now fails this test.
  const batch = { Entries: [{ Id: '1', MessageBody: 'x' }] };
  const answer = await fetch(origin, { method: 'POST', body: JSON.stringify(batch) });
  expect(answer.status).toBe(200);
});
