import { type AlertFilter, filterPolicy } from '../../core/alerts/filters.ts';
import {
  isAskedFor,
  isMailedLately,
  normalized,
  type Receiver,
  type Standing,
  type Subscription,
} from '../../core/alerts/listeners.ts';
import { SubscriptionRefused } from '../../core/errors.ts';
import { pick } from '../../core/objects.ts';
import { type HeldSubscription, hold, letGo } from './held-subscription.ts';
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
 * Subscribes a receiver with a filter, or gives this filter to the subscription that there is. Nobody
 * else changes either meanwhile.
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
  const { protocol, endpoint } = request;
  const receiver = normalized({ protocol, endpoint });
  const subscriptionId = subscriptionIdOf(receiver);
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const all = await listSubscriptions(ports);
    const found = all.find((standing) => subscriptionIdOf(standing) === subscriptionId);
    if (found?.origin === 'Deployment') throw new SubscriptionDeclared();
    const onRecord = all.filter(({ subscription }) => subscription).length;
    if (!found?.subscription && onRecord >= MAX_SUBSCRIPTIONS) {
      throw new TooManySubscriptions(MAX_SUBSCRIPTIONS);
    }
    const taken = await hold(ports, subscriptionId, (latest, now) => ({
      ...asked(latest, request, now),
      ...receiver,
      subscriptionId,
    }));
    const { before, held } = taken;
    const isNew = before === undefined || !isAskedFor(before);
    // Others may have come to the same last place at the same time.
    if (isNew && !(await isWithinLimit(ports))) {
      await letGo(ports, held, before);
      return undefined;
    }
    const subscription = { ...held, ...(await bringAboutOrUndo(ports, taken, found?.arn)) };
    if (!(await letGo(ports, held, subscription))) return undefined;
    const isConfirmed = protocol === 'sms' || subscription.arn === found?.arn;
    const confirmation = isConfirmed ? 'Confirmed' : 'Pending';
    return { standing: { ...receiver, origin: 'Api', confirmation, subscription }, isNew };
  });
}

/** What is asked for; who asked first stays on record for as long as it is. */
function asked(
  latest: Subscription | undefined,
  { filter, subscribedBy }: SubscribeRequest,
  now: number,
) {
  const first = latest && isAskedFor(latest) ? latest : { subscribedAt: now, subscribedBy };
  return {
    ...(latest && pick(latest, 'arn', 'mailedAt')),
    ...{ subscribedAt: first.subscribedAt, subscribedBy: first.subscribedBy },
    ...{ filter, updatedAt: now, updatedBy: subscribedBy },
  };
}

async function isWithinLimit({ subscriptions }: SubscriptionPorts): Promise<boolean> {
  const all = await subscriptions.list();
  return all.filter(isAskedFor).length <= MAX_SUBSCRIPTIONS;
}

/** Makes the topic what the record says; should SNS refuse that, the record is what it was. */
async function bringAboutOrUndo(
  ports: SubscriptionPorts,
  { before, held }: HeldSubscription,
  confirmedArn: string | undefined,
): Promise<Pick<Subscription, 'arn' | 'mailedAt'>> {
  try {
    return await bringAbout(ports, held, confirmedArn);
  } catch (error) {
    const isRefused = error instanceof SubscriptionRefused;
    // Whether SNS did something before any other error, nobody knows: then it stays on record.
    await letGo(ports, held, isRefused ? before : held);
    throw isRefused ? new SubscriptionNotTaken(error) : error;
  }
}

/** Nobody is sent a mail who has confirmed, or was sent one lately. */
async function bringAbout(
  { subscribers, time }: SubscriptionPorts,
  wanted: Subscription,
  confirmedArn: string | undefined,
): Promise<Pick<Subscription, 'arn' | 'mailedAt'>> {
  const { protocol, endpoint } = wanted;
  const policy = filterPolicy(wanted.filter);
  const now = time.now();
  const isBothered = protocol === 'email' && !isMailedLately(wanted, now);
  const known = confirmedArn ?? (isBothered ? undefined : wanted.arn);
  if (known !== undefined && (await subscribers.change(known, policy))) return { arn: known };
  const arn = await subscribers.subscribe({ protocol, endpoint }, policy);
  return { arn, ...(protocol === 'email' && { mailedAt: now }) };
}
