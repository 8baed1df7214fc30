import { type Aws, elementIn, type Json } from './aws.ts';

/** A queue that is subscribed to a topic. */
export interface QueueSubscriber {
  /**
   * Takes messages out of the queue, parsed.
   *
   * @param seconds how long to wait for the first, 0 to 20
   * @param signal ends the wait
   * @throws the reason of `signal` when that is aborted
   */
  receive(seconds?: number, signal?: AbortSignal): Promise<readonly Json[]>;
  /** Unsubscribes the queue and deletes it. */
  remove(): Promise<void>;
}

/**
 * Subscribes a new queue to a topic, with the policy of a receiver without a filter: what it gets,
 * everybody gets who asks for every alert.
 */
export async function subscribeQueue(
  aws: Aws,
  topicArn: string,
  queueName: string,
): Promise<QueueSubscriber> {
  const { QueueUrl } = await aws.json('sqs', 'CreateQueue', { QueueName: queueName });
  const deleteQueue = () => aws.json('sqs', 'DeleteQueue', { QueueUrl });
  const subscribed = await subscribe(aws, topicArn, QueueUrl).catch(async (error: unknown) => {
    await deleteQueue();
    throw error;
  });
  return {
    async receive(seconds = 0, signal = undefined) {
      const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: seconds };
      const { Messages = [] } = await aws.json('sqs', 'ReceiveMessage', asked, signal);
      const messages = Messages as readonly Message[];
      for (const { ReceiptHandle } of messages) {
        await aws.json('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
      }
      return messages.map(({ Body }) => JSON.parse(JSON.parse(Body).Message));
    },
    async remove() {
      const SubscriptionArn = elementIn(subscribed, 'SubscriptionArn');
      await aws.query('sns', 'Unsubscribe', { SubscriptionArn }).finally(deleteQueue);
    },
  };
}

/** Subscribes a queue that is there. @returns the text of the XML */
async function subscribe(aws: Aws, topicArn: string, QueueUrl: unknown): Promise<string> {
  const { Attributes } = await aws.json('sqs', 'GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['QueueArn'],
  });
  const queueArn = String((Attributes as Json | undefined)?.QueueArn);
  const policy = JSON.stringify(fromTopic(topicArn, queueArn));
  await aws.json('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: policy } });
  return aws.query('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint: queueArn,
    ReturnSubscriptionArn: true,
    'Attributes.entry.1.key': 'FilterPolicy',
    'Attributes.entry.1.value': '{"state":[{"exists":true}]}',
    'Attributes.entry.2.key': 'FilterPolicyScope',
    'Attributes.entry.2.value': 'MessageAttributes',
  });
}

/** Lets the topic send to the queue, and nobody else. */
function fromTopic(topicArn: string, queueArn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  };
}

interface Message {
  readonly Body: string;
  readonly ReceiptHandle: string;
}
