import { createHash } from 'node:crypto';
import {
  isMailedLately,
  type Receiver,
  receiverKey,
  type Standing,
  type Subscription,
  standings,
} from '../../core/alerts/listeners.ts';
import type { Subscribers } from '../../core/ports.ts';
import { SECOND } from '../../core/time.ts';
import { type HoldPorts, hold, letGo } from './held-subscription.ts';
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
export interface SubscriptionPorts extends HoldPorts {
  readonly subscribers: Subscribers;
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
 * same request finds what is left. Nobody else changes either meanwhile.
 *
 * @param endedBy who asks
 * @throws SubscriptionNotFound, SubscriptionDeclared, SubscriptionOfOthers, SubscriptionNotShown, and
 *   Contended when others keep changing the subscription
 */
export function unsubscribe(
  ports: SubscriptionPorts,
  subscriptionId: string,
  endedBy: string,
): Promise<UnsubscribeOutcome> {
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const standing = await getSubscription(ports, subscriptionId);
    const { protocol, origin } = standing;
    if (origin === 'Deployment') throw new SubscriptionDeclared();
    if (protocol !== 'email' && protocol !== 'sms') throw new SubscriptionOfOthers();

    const { before, held } = await hold(
      ports,
      subscriptionId,
      (latest, now) => latest ?? notAskedFor(standing, subscriptionId, endedBy, now),
    );
    const outcome = await endAtTopic(ports, standing, held).catch(async (error: unknown) => {
      await letGo(ports, held, before);
      throw error;
    });
    const endedAt = ports.time.now();
    const isKept = outcome === 'Lapsing' && isMailedLately(held, endedAt);
    return (await letGo(ports, held, isKept ? { ...held, endedAt } : undefined))
      ? outcome
      : undefined;
  });
}

/** What holds a subscription that nobody asked for over the API while it is ended. */
function notAskedFor(
  { protocol, endpoint }: Receiver,
  subscriptionId: string,
  by: string,
  now: number,
): Omit<Subscription, 'version'> {
  const receiver = { subscriptionId, protocol, endpoint };
  const asked = { filter: {}, subscribedAt: now, subscribedBy: by, updatedAt: now, updatedBy: by };
  return { ...receiver, ...asked, endedAt: now };
}

/**
 * The list of the topic may lag behind the record, and the record does not know all that is listed.
 *
 * @throws SubscriptionNotShown
 */
async function endAtTopic(
  { subscribers }: SubscriptionPorts,
  { protocol, confirmation, arn }: Standing,
  held: Subscription,
): Promise<UnsubscribeOutcome> {
  let isPending = confirmation === 'Pending' && protocol === 'email';
  // An SMS is never pending: it is not listed yet.
  if (confirmation === 'Pending' && !isPending && !held.arn) throw new SubscriptionNotShown();
  for (const each of new Set([held.arn, arn])) {
    if (each !== undefined && !(await subscribers.unsubscribe(each))) isPending = true;
  }
  return isPending ? 'Lapsing' : 'Unsubscribed';
}
