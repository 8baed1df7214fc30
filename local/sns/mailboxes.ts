import { z } from 'zod';
import { type Engine, EngineRefusal } from './engine.ts';
import { messageTexts, subscribeRequest, xmlElement } from './query-protocol.ts';
import type { AcceptedAlert } from './records.ts';

/** A queue in place of a mailbox or a phone. */
export interface Mailbox {
  /** Alerts no longer come in. */
  close(): Promise<void>;
}

/** Queues in place of mailboxes and phones, and one for every message. */
export interface Mailboxes {
  /**
   * Opens a mailbox. Those who list the topic's subscriptions must not see it: `isMailbox` tells.
   *
   * @param name what `deliveredTo` tells of it
   * @param attributes those of the subscription that it stands for
   */
  open(name: string, attributes: Readonly<Record<string, string>>): Promise<Mailbox>;
  /**
   * Takes the message that was published since the last call out of every queue; nothing when it
   * was for another topic. To be called after each publish and before the next, with the
   * `MessageStructure` of that publish.
   */
  collect(structure: string | null): Promise<AcceptedAlert | undefined>;
}

const PREFIX = 'mailbox-';
const EVERY_MESSAGE = 'every-message-';

const createdQueue = z.object({ QueueUrl: z.string() });
const queueAttributes = z.object({ Attributes: z.object({ QueueArn: z.string() }) });
const receivedMessages = z.object({
  Messages: z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })).default([]),
});

/** The envelope in which SNS delivers to a queue. */
const notification = z.object({
  MessageId: z.string(),
  Timestamp: z.string(),
  Subject: z.string().nullable().default(null),
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Value: z.string() })).default({}),
});
type Notification = z.infer<typeof notification>;

/**
 * Whether the endpoint of a subscription is one of our mailboxes. The queue of every message is one
 * too where alerts are mailed: else it stands for the terminal, which is all that there is to tell.
 */
export function isMailbox(endpoint: string, isMailed: boolean): boolean {
  const name = endpoint.split(':').at(-1) ?? '';
  return name.startsWith(PREFIX) || (isMailed && name.startsWith(EVERY_MESSAGE));
}

/** Mailboxes at a topic; none but the one for every message, which tells what is published. */
export async function openMailboxes(engine: Engine, topicArn: string): Promise<Mailboxes> {
  const topic = topicArn.split(':').at(-1);
  const everyMessage = await openQueue(engine, topicArn, `${EVERY_MESSAGE}${topic}`, {});
  const opened = new Map<string, string>();
  let count = 0;
  return {
    async open(name, attributes) {
      count += 1;
      const queue = await openQueue(engine, topicArn, `${PREFIX}${topic}-${count}`, attributes);
      opened.set(queue.url, name);
      return {
        async close() {
          opened.delete(queue.url);
          const { subscriptionArn: SubscriptionArn } = queue;
          await engine.sns(new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn }));
          await engine.sqs('DeleteQueue', { QueueUrl: queue.url });
        },
      };
    },
    async collect(structure) {
      const original = await takeNotification(engine, everyMessage.url);
      const copies = await Promise.all(
        [...opened].map(async ([url, name]) =>
          (await takeNotification(engine, url)) ? [name] : [],
        ),
      );
      return original && toAlert(original, structure, copies.flat());
    },
  };
}

/** Makes a queue and subscribes it. */
async function openQueue(
  engine: Engine,
  topicArn: string,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly subscriptionArn: string }> {
  const { QueueUrl: url } = createdQueue.parse(
    await engine.sqs('CreateQueue', { QueueName: name }),
  );
  const { Attributes } = queueAttributes.parse(
    await engine.sqs('GetQueueAttributes', { QueueUrl: url }),
  );
  const request = subscribeRequest(topicArn, 'sqs', Attributes.QueueArn, attributes);
  const { body } = await engine.sns(request);
  const subscriptionArn = xmlElement(body, 'SubscriptionArn');
  if (subscriptionArn === undefined) throw new EngineRefusal(`SNS refuses a queue: ${body}`);
  return { url, subscriptionArn };
}

async function takeNotification(
  engine: Engine,
  queueUrl: string,
): Promise<Notification | undefined> {
  const answer = await engine.sqs('ReceiveMessage', { QueueUrl: queueUrl });
  const [message] = receivedMessages.parse(answer).Messages;
  if (message === undefined) return undefined;
  const { ReceiptHandle, Body } = message;
  await engine.sqs('DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle });
  return notification.parse(JSON.parse(Body));
}

function toAlert(
  original: Notification,
  structure: string | null,
  deliveredTo: readonly string[],
): AcceptedAlert {
  const { Message, MessageAttributes } = original;
  const texts = messageTexts(Message, structure) ?? { default: Message };
  return {
    messageId: original.MessageId,
    publishedAt: original.Timestamp,
    subject: original.Subject,
    email: texts.email ?? texts.default,
    sms: texts.sms ?? texts.default,
    default: texts.default,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]),
    ),
    deliveredTo,
  };
}
