import {
  FilterPolicyLimitExceededException,
  NotFoundException,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
  SubscriptionLimitExceededException,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import type { FilterPolicy } from '../core/alert-filter.ts';
import { SubscriptionRefused } from '../core/errors.ts';
import type { Subscribers } from '../core/ports.ts';
import type { Receiver, Subscriber } from '../core/subscription.ts';
import { listSubscribers } from './list-subscribers.ts';
import { isRefusal } from './sns-refusal.ts';

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
  /** SNS sends the confirmation mail of a pending one again when it is subscribed once more. */
  async function subscribe(receiver: Receiver, attributes: Attributes = {}): Promise<string> {
    const command = subscribeCommand(topicArn, receiver, attributes);
    const { SubscriptionArn = '' } = await client.send(command);
    return SubscriptionArn;
  }

  async function change({ arn, ...receiver }: Subscriber, policy: FilterPolicy): Promise<void> {
    const command = new SetSubscriptionAttributesCommand({
      SubscriptionArn: arn ?? (await subscribe(receiver)),
      AttributeName: 'FilterPolicy',
      AttributeValue: JSON.stringify(policy),
    });
    try {
      await client.send(command);
    } catch (error) {
      if (arn === undefined || !(error instanceof NotFoundException)) throw error;
      await change(receiver, policy);
    }
  }

  async function add(receiver: Receiver, policy: FilterPolicy): Promise<void> {
    const isFiltered = Object.keys(policy).length > 0;
    try {
      await subscribe(receiver, isFiltered ? { FilterPolicy: JSON.stringify(policy) } : {});
    } catch (error) {
      if (!isThereWithOthers(error)) throw error;
      await change(receiver, policy);
    }
  }

  return {
    declared,
    list: (signal) => listSubscribers(client, topicArn, signal),
    subscribe: (receiver, policy) => refusable(add(receiver, policy)),
    change: (subscriber, policy) => refusable(change(subscriber, policy)),
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

/** One that is not there any more is as good as unsubscribed. */
async function unsubscribe(client: SNSClient, arn: string): Promise<void> {
  try {
    await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
}

/** Subscribing once more changes nothing, unless it comes with other attributes: SNS refuses that. */
function isThereWithOthers(error: unknown): boolean {
  return isRefusal(error) && error.message.includes('already exists with different attributes');
}

async function refusable(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (cause) {
    const isLimit =
      cause instanceof FilterPolicyLimitExceededException ||
      cause instanceof SubscriptionLimitExceededException;
    if (!isLimit && !isRefusal(cause)) throw cause;
    throw new SubscriptionRefused(`SNS refuses the subscription: ${cause.message}`, { cause });
  }
}
