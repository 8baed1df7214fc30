import { type AlertFilter, filterPolicy } from '../../core/alerts/filters.ts';
import {
  normalized,
  type Receiver,
  type Standing,
  type Subscription,
} from '../../core/alerts/listeners.ts';
import { SubscriptionRefused } from '../../core/errors.ts';
import { SubscriptionDeclared, SubscriptionNotTaken, TooManySubscriptions } from './refusals.ts';
import { listSubscriptions, type SubscriptionPorts, subscriptionIdOf } from './subscriptions.ts';
import { untilWritten } from './until-written.ts';

/** As many subscriptions as the API keeps; SNS allows 200 filter policies a topic. */
export const MAX_SUBSCRIPTIONS = 100;

/** What somebody asks for by subscribing: who is to be told, in any spelling, and of what. */
export interface SubscribeRequest extends Receiver {
  /** In its one spelling. */
  readonly filter: AlertFilter;
  /** Who asks. */
  readonly subscribedBy: string;
}

/** A subscription as it stands, and whether it was put on record by this request. */
export interface SubscribeResult {
  readonly standing: Standing;
  readonly isNew: boolean;
}

/**
 * Subscribes a receiver with a filter, or gives this filter to the subscription that there is.
 *
 * It is put on record first, and at the topic then: after a crash in between, the same request brings
 * about what is on record.
 *
 * @throws SubscriptionDeclared, TooManySubscriptions, SubscriptionNotTaken, and Contended when others
 *   keep changing the subscription
 */
export function subscribe(
  ports: SubscriptionPorts,
  request: SubscribeRequest,
): Promise<SubscribeResult> {
  const { protocol, endpoint, filter, subscribedBy } = request;
  const receiver = normalized({ protocol, endpoint });
  const subscriptionId = subscriptionIdOf(receiver);
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const all = await listSubscriptions(ports);
    const found = all.find((standing) => subscriptionIdOf(standing) === subscriptionId);
    if (found?.origin === 'Deployment') throw new SubscriptionDeclared();
    const before = found?.subscription;
    const onRecord = all.filter(({ subscription }) => subscription).length;
    if (!before && onRecord >= MAX_SUBSCRIPTIONS) throw new TooManySubscriptions(MAX_SUBSCRIPTIONS);

    const updatedAt = ports.time.now();
    const wanted: Subscription = {
      ...(before ?? { subscribedAt: updatedAt, subscribedBy, version: 0 }),
      ...receiver,
      subscriptionId,
      filter,
      updatedAt,
      updatedBy: subscribedBy,
      version: (before?.version ?? 0) + 1,
    };
    if (!(await ports.subscriptions.put(wanted))) return undefined;
    const subscription = await bringAboutOrUndo(ports, wanted, found);
    if (subscription === undefined) return undefined;
    const isConfirmed = receiver.protocol === 'sms' || found?.arn !== undefined;
    const confirmation = isConfirmed ? 'Confirmed' : 'Pending';
    const standing = { ...receiver, origin: 'Api', confirmation, subscription } as const;
    return { standing, isNew: before === undefined };
  });
}

async function bringAboutOrUndo(
  ports: SubscriptionPorts,
  wanted: Subscription,
  found: Standing | undefined,
): Promise<Subscription | undefined> {
  try {
    return await bringAbout(ports, wanted, found);
  } catch (error) {
    if (!(error instanceof SubscriptionRefused)) throw error;
    const { subscriptions } = ports;
    const before = found?.subscription;
    await (before
      ? subscriptions.put({ ...before, version: wanted.version + 1 })
      : subscriptions.remove(wanted));
    throw new SubscriptionNotTaken(error);
  }
}

/**
 * Makes the topic what the record says. Should others change the record meanwhile, the topic gets what
 * they wrote, whoever of us comes to it last.
 *
 * @returns what is on record then; undefined when it was deleted meanwhile
 */
async function bringAbout(
  { subscriptions, subscribers }: SubscriptionPorts,
  wanted: Subscription,
  found: Standing | undefined,
): Promise<Subscription | undefined> {
  const { subscriptionId, protocol, endpoint } = wanted;
  const subscriber = found ?? { protocol, endpoint };
  if (found) await subscribers.change(subscriber, filterPolicy(wanted.filter));
  else await subscribers.subscribe(subscriber, filterPolicy(wanted.filter));

  let done = wanted;
  for (;;) {
    const latest = await subscriptions.get(subscriptionId);
    if (latest === undefined || latest.version === done.version) return latest;
    await subscribers.change(subscriber, filterPolicy(latest.filter));
    done = latest;
  }
}
