/**
 * What stands in for EventBridge Scheduler and for the queue of follow-ups: both invoke the monitor, in
 * this process, one invocation at a time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { listenFor, stopServer } from './listen.ts';

/** What invokes the monitor. */
export interface Scheduler {
  /** No further sweep begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** What is invoked, and what it may ask for. */
interface SchedulerParts {
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Gets what an invocation throws; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
  /** Gives out the messages that sweeps have sent. @default - there is no queue */
  readonly messages?: MessageQueue | undefined;
}

/** Invokes the monitor at once and then every so many seconds, and for each message that has come. */
export function startScheduler(
  seconds: number,
  { invoke, onError, messages }: SchedulerParts,
): Scheduler {
  const stopping = new AbortController();
  const { signal } = stopping;
  const inTurn = pLimit(1);
  const invokeInTurn = (event: unknown) =>
    inTurn(async () => {
      if (!signal.aborted) await invoke(event).catch(onError);
    });
  async function run(): Promise<void> {
    while (!signal.aborted) {
      // By the clock on the wall there would be no sweep for as long as somebody has set it back.
      const nextAt = performance.now() + seconds * 1_000;
      await invokeInTurn(scheduledEvent());
      const wait = Math.max(0, nextAt - performance.now());
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
  messages?.deliverTo(async ({ body, delaySeconds }) => {
    const isInTime = await sleep(delaySeconds * 1_000, true, { signal }).catch(() => false);
    if (isInTime) await invokeInTurn(queueEvent(body));
  });
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await inTurn(() => undefined);
    },
  };
}

/** A message as it was sent. */
interface Message {
  readonly body: string;
  readonly delaySeconds: number;
}

/** A queue that takes batches of delayed messages, as SQS does. */
export interface MessageQueue {
  /** For the SDK: it asks the host of the queue's own URL. */
  readonly url: string;
  deliverTo(receive: (message: Message) => Promise<void>): void;
  close(): Promise<void>;
}

/** A batch in the JSON protocol of SQS [SQS API reference, SendMessageBatch]. */
interface Batch {
  readonly Entries: readonly {
    readonly Id: string;
    readonly MessageBody: string;
    readonly DelaySeconds?: number;
  }[];
}

/**
 * Starts a queue. Nothing of it is kept: what a stop loses, the next sweep of the schedule does.
 *
 * @param socket where to listen; a free port of 127.0.0.1 when there is none, which is for tests
 */
export async function startMessageQueue(socket?: string): Promise<MessageQueue> {
  let receive: ((message: Message) => Promise<void>) | undefined;
  const server = createServer(async (request, response) => {
    // Of a sender that is ended meanwhile it is none, and nobody waits for an answer.
    const batch = (await json(request).catch(() => undefined)) as Batch | undefined;
    if (batch === undefined) return void response.destroy();
    const { Entries } = batch;
    for (const { MessageBody: body, DelaySeconds: delaySeconds = 0 } of Entries) {
      void receive?.({ body, delaySeconds });
    }
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: randomUUID(),
      // The SDK compares it with what it sent.
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  const url = await listenFor(server, socket);
  return {
    url: `${url}/000000000000/FollowUps`,
    deliverTo(receiver) {
      receive = receiver;
    },
    close: () => stopServer(server),
  };
}

/** The event that the deployed schedule sends, in the form of EventBridge's scheduled events. */
function scheduledEvent(): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [],
    detail: '{}',
  };
}

/** The event that Lambda makes of a message, as far as the function reads it. */
function queueEvent(body: string): object {
  return { Records: [{ messageId: randomUUID(), eventSource: 'aws:sqs', body }] };
}
