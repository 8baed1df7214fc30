import {
  FilterPolicyLimitExceededException,
  NotFoundException,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
  SubscriptionLimitExceededException,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { FilterPolicy } from '../../core/alerts/filters.ts';
import type { Receiver, Subscriber } from '../../core/alerts/listeners.ts';
import { SubscriptionRefused, TooManySubscribers } from '../../core/errors.ts';
import type { Subscribers } from '../../core/ports.ts';
import { isRefusal } from './alert-topic.ts';

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

type Attributes = NonNullable<SubscribeCommandInput['Attributes']>;

/**
 * The subscribers of an SNS topic.
 *
 * @param declared whom the deployment subscribes
 */
export function createSubscribers(
  client: SNSClient,
  topicArn: string,
  declared: readonly Receiver[],
): Subscribers {
  async function subscribe(receiver: Receiver, attributes: Attributes = {}): Promise<string> {
    const command = subscribeCommand(topicArn, receiver, attributes);
    const { SubscriptionArn = '' } = await client.send(command);
    return SubscriptionArn;
  }

  async function add(receiver: Receiver, policy: FilterPolicy): Promise<string> {
    const isFiltered = Object.keys(policy).length > 0;
    try {
      return await subscribe(receiver, isFiltered ? { FilterPolicy: JSON.stringify(policy) } : {});
    } catch (error) {
      if (!isThereWithOthers(error)) throw error;
      const arn = await subscribe(receiver);
      await setPolicy(client, arn, policy);
      return arn;
    }
  }

  return {
    declared,
    list: (signal) => listSubscribers(client, topicArn, signal),
    subscribe: (receiver, policy) => refusable(add(receiver, policy)),
    change: (arn, policy) => refusable(isThere(setPolicy(client, arn, policy))),
    unsubscribe: (arn) => unsubscribe(client, arn),
  };
}

function subscribeCommand(
  topicArn: string,
  { protocol, endpoint }: Receiver,
  attributes: Attributes,
): SubscribeCommand {
  return new SubscribeCommand({
    TopicArn: topicArn,
    Protocol: protocol,
    Endpoint: endpoint,
    // Otherwise SNS keeps the ARN of a pending one to itself.
    ReturnSubscriptionArn: true,
    Attributes: attributes,
  });
}

async function setPolicy(client: SNSClient, arn: string, policy: FilterPolicy): Promise<void> {
  await client.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: arn,
      AttributeName: 'FilterPolicy',
      AttributeValue: JSON.stringify(policy),
    }),
  );
}

async function unsubscribe(client: SNSClient, arn: string): Promise<boolean> {
  try {
    await isThere(client.send(new UnsubscribeCommand({ SubscriptionArn: arn })));
    return true;
  } catch (error) {
    if (isRefusal(error) && error.message.includes('pending confirmation')) return false;
    throw error;
  }
}

/** Whether a request found the subscription that it was about. */
async function isThere(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof NotFoundException) return false;
    throw error;
  }
}

/** Subscribing once more changes nothing, unless it comes with other attributes: SNS refuses that. */
function isThereWithOthers(error: unknown): boolean {
  return isRefusal(error) && error.message.includes('already exists with different attributes');
}

async function refusable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    const isLimit =
      cause instanceof FilterPolicyLimitExceededException ||
      cause instanceof SubscriptionLimitExceededException;
    if (!isLimit && !isRefusal(cause)) throw cause;
    throw new SubscriptionRefused(`SNS refuses the subscription: ${cause.message}`, { cause });
  }
}
