import { z } from 'zod';
import type { AcceptedAlert } from './alert-log.ts';
import type { Engine } from './engine.ts';
import { messageTexts } from './message-texts.ts';
import { subscribeRequest, xmlElement } from './query-protocol.ts';

/** A subscription of the alert topic, as the stack declares it. */
export interface Subscription {
  /** `email`, `sms`, `https` and so on. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Attribute names to the values that are let through. Default: everything is. */
  readonly filterPolicy?: Readonly<Record<string, unknown>> | undefined;
  /** @default 'MessageAttributes' */
  readonly filterPolicyScope?: 'MessageAttributes' | 'MessageBody' | undefined;
}

/** SNS would refuse this subscription, so a deployment of the stack would fail. */
export class InvalidSubscription extends Error {
  override readonly name = 'InvalidSubscription';
}

/** A queue for each subscription, in place of its mailbox or phone, and one for every message. */
interface Mailboxes {
  /**
   * Takes the message that was published since the last call out of every queue; nothing when it
   * was for another topic. To be called after each publish and before the next, with the
   * `MessageStructure` of that publish.
   */
  collect(structure: string | null): Promise<AcceptedAlert | undefined>;
}

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
 * Subscribes the mailboxes to the topic.
 *
 * @throws {InvalidSubscription} SNS would refuse one of them
 */
export async function openMailboxes(
  engine: Engine,
  topicArn: string,
  subscriptions: readonly Subscription[],
): Promise<Mailboxes> {
  const everyMessage = await openQueue(engine, topicArn, 'every-message', {});
  const mailboxes = await Promise.all(
    subscriptions.map(async (subscription, index) => {
      const { protocol, endpoint } = subscription;
      const attributes = attributesOf(subscription);
      await subscribe(engine, subscribeRequest(topicArn, protocol, endpoint, attributes));
      const queueUrl = await openQueue(engine, topicArn, `mailbox-${index}`, attributes);
      return { name: `${protocol}:${endpoint}`, queueUrl };
    }),
  );
  return {
    async collect(structure) {
      const original = await takeNotification(engine, everyMessage);
      const copies = await Promise.all(
        mailboxes.map(({ queueUrl }) => takeNotification(engine, queueUrl)),
      );
      const deliveredTo = mailboxes.filter((_, index) => copies[index]).map(({ name }) => name);
      return original && toAlert(original, structure, deliveredTo);
    },
  };
}

/** Makes a queue, subscribes it, and gives its URL. */
async function openQueue(
  engine: Engine,
  topicArn: string,
  name: string,
  attributes: Readonly<Record<string, string>>,
): Promise<string> {
  const { QueueUrl } = createdQueue.parse(await engine.sqs('CreateQueue', { QueueName: name }));
  const { Attributes } = queueAttributes.parse(
    await engine.sqs('GetQueueAttributes', { QueueUrl }),
  );
  await subscribe(engine, subscribeRequest(topicArn, 'sqs', Attributes.QueueArn, attributes));
  return QueueUrl;
}

async function subscribe(engine: Engine, request: URLSearchParams): Promise<void> {
  const { status, body } = await engine.sns(request);
  if (status === 200) return;
  throw new InvalidSubscription(
    `SNS refuses to subscribe ${request.get('Protocol')}:${request.get('Endpoint')}. ` +
      `Mend the subscription. ${xmlElement(body, 'Message') ?? body}`,
  );
}

/** The attributes of a subscription, as `Subscribe` takes them. */
function attributesOf(subscription: Subscription): Readonly<Record<string, string>> {
  const { filterPolicy, filterPolicyScope = 'MessageAttributes' } = subscription;
  if (filterPolicy === undefined) return {};
  return { FilterPolicy: JSON.stringify(filterPolicy), FilterPolicyScope: filterPolicyScope };
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
