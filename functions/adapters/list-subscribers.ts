import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { TooManySubscribers } from '../core/errors.ts';
import type { Subscriber } from '../core/subscription.ts';

/** The most pages of 100 that are read of a topic's subscriptions. */
const MAX_PAGES = 20;

/**
 * What SNS lists in place of an ARN: of a subscription that is not confirmed, and of one that was
 * unsubscribed and stays on the list for up to three days
 * [https://repost.aws/knowledge-center/sns-cross-account-subscription].
 */
const PENDING = 'PendingConfirmation';
const DELETED = 'Deleted';

/**
 * All subscribers of an SNS topic. It has a file of its own because the monitor, which only looks,
 * bundles nothing that subscribes.
 *
 * @throws TooManySubscribers
 */
export async function listSubscribers(
  client: SNSClient,
  topicArn: string,
  signal?: AbortSignal,
): Promise<Subscriber[]> {
  const subscribers: Subscriber[] = [];
  const options = signal && { abortSignal: signal };
  const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn }, options);
  let read = 0;
  for await (const { Subscriptions = [] } of pages) {
    read += 1;
    if (read > MAX_PAGES) {
      throw new TooManySubscribers(
        `The alert topic has more than ${MAX_PAGES * 100} subscriptions: remove some.`,
      );
    }
    for (const {
      Protocol: protocol = '',
      Endpoint: endpoint = '',
      SubscriptionArn,
    } of Subscriptions) {
      if (SubscriptionArn === DELETED) continue;
      const isConfirmed = SubscriptionArn !== undefined && SubscriptionArn !== PENDING;
      subscribers.push({ protocol, endpoint, ...(isConfirmed && { arn: SubscriptionArn }) });
    }
  }
  return subscribers;
}
