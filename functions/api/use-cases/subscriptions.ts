import { createHash } from 'node:crypto';
import {
  type Receiver,
  receiverKey,
  type Standing,
  standings,
} from '../../core/alerts/listeners.ts';
import type { Subscribers, SubscriptionStore, TimeSource } from '../../core/ports.ts';
import { SECOND } from '../../core/time.ts';
import {
  SubscriptionDeclared,
  SubscriptionNotFound,
  SubscriptionNotShown,
  SubscriptionOfOthers,
} from './refusals.ts';
import { untilWritten } from './until-written.ts';

/** The most time (ms) that the topic and the table may take to list subscriptions. */
const LIST_TIME = 10 * SECOND;

/** What it takes to know, and to change, who is subscribed. */
export interface SubscriptionPorts {
  readonly subscriptions: SubscriptionStore;
  readonly subscribers: Subscribers;
  readonly time: TimeSource;
}

/** Hexadecimal digits of a subscription id: 128 bits. */
export const SUBSCRIPTION_ID_DIGITS = 32;

/**
 * The id of the subscription of a receiver, which has one at most. A hash, since ids stand in paths,
 * paths go into logs, and addresses must not.
 */
export function subscriptionIdOf(receiver: Receiver): string {
  return createHash('sha256')
    .update(receiverKey(receiver))
    .digest('hex')
    .slice(0, SUBSCRIPTION_ID_DIGITS);
}

/** How it stands with every receiver of alerts. */
export async function listSubscriptions(ports: SubscriptionPorts): Promise<readonly Standing[]> {
  const { subscriptions, subscribers, time } = ports;
  const signal = time.timeout(LIST_TIME);
  const [asked, atTopic] = await Promise.all([
    subscriptions.list(signal),
    subscribers.list(signal),
  ]);
  const { declared } = subscribers;
  return standings({ subscriptions: asked, subscribers: atTopic, declared }, time.now());
}

/** How it stands with one of them. @throws SubscriptionNotFound */
export async function getSubscription(
  ports: SubscriptionPorts,
  subscriptionId: string,
): Promise<Standing> {
  const all = await listSubscriptions(ports);
  const found = all.find((standing) => subscriptionIdOf(standing) === subscriptionId);
  if (found === undefined) throw new SubscriptionNotFound(subscriptionId);
  return found;
}

/** What became of a subscription that was to be ended: `Lapsing` is one that nobody had confirmed. */
export type UnsubscribeOutcome = 'Unsubscribed' | 'Lapsing';

/**
 * Ends a subscription: at the topic first, and on record then, so that after a crash in between the
 * same request finds what is left.
 *
 * @throws SubscriptionNotFound, SubscriptionDeclared, SubscriptionOfOthers, SubscriptionNotShown, and
 *   Contended when others keep changing the subscription
 */
export function unsubscribe(
  ports: SubscriptionPorts,
  subscriptionId: string,
): Promise<UnsubscribeOutcome> {
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const standing = await getSubscription(ports, subscriptionId);
    const { protocol, origin, confirmation, arn, subscription } = standing;
    if (origin === 'Deployment') throw new SubscriptionDeclared();
    if (protocol !== 'email' && protocol !== 'sms') throw new SubscriptionOfOthers();
    // An SMS is never pending: the list of the topic lags.
    const isPending = confirmation === 'Pending';
    if (isPending && protocol === 'sms') throw new SubscriptionNotShown();

    if (arn !== undefined) await ports.subscribers.unsubscribe(arn);
    if (subscription && !(await ports.subscriptions.remove(subscription))) return undefined;
    return isPending ? 'Lapsing' : 'Unsubscribed';
  });
}
