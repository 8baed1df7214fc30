import { DAY, HOUR, isAhead, MINUTE } from '../time.ts';
import type { AlertFilter } from './filters.ts';

/** How long (ms) the topic may take to show what was subscribed. */
const LAG = MINUTE;

/** Whom the topic tells: SNS keeps one subscription of each. */
export interface Receiver {
  /** `email`, `sms`, `sqs`, `https` and so on. */
  readonly protocol: string;
  readonly endpoint: string;
}

/**
 * What is on record about a receiver: what was asked for over the API, and whoever is changing it just
 * now. Times are ms since the epoch.
 */
export interface Subscription extends Receiver {
  readonly subscriptionId: string;
  readonly filter: AlertFilter;
  readonly subscribedAt: number;
  readonly subscribedBy: string;
  /** When, and by whom, it was last asked for. */
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** As SNS told it when it subscribed the receiver: its list does not before the confirmation. */
  readonly arn?: string;
  /** When the mail that asks for confirmation was last sent. */
  readonly mailedAt?: number;
  /** When it was ended. Nobody is to be told any more; it is kept for an hour, because of `mailedAt`. */
  readonly endedAt?: number;
  /** Who is changing it on record and at the topic: nobody else may until then. */
  readonly held?: { readonly by: string; readonly until: number };
  /** Rises by one on every write; every write is conditional on the version it was decided on. */
  readonly version: number;
}

/** Whether somebody is to be told. */
export function isAskedFor({ endedAt }: Subscription): boolean {
  return endedAt === undefined;
}

/** For how long (ms) nobody gets a second mail that asks for confirmation. */
export const MAIL_AGAIN_AFTER = HOUR;

/** Whether a mail that asks for confirmation was sent so lately that it is not sent again. */
export function isMailedLately({ mailedAt }: Subscription, now: number): boolean {
  const againAt = mailedAt === undefined ? mailedAt : mailedAt + MAIL_AGAIN_AFTER;
  return isAhead(againAt, now, MAIL_AGAIN_AFTER);
}

/** A subscription as the topic tells of it. */
export interface Subscriber extends Receiver {
  /** Absent until it is confirmed: SNS does not tell before. */
  readonly arn?: string;
}

/**
 * Who subscribed. `Deployment`: declared in its settings. `Other`: neither declared nor asked for
 * over the API; somebody subscribed at SNS, or confirmed what had been deleted meanwhile.
 */
export type Origin = 'Api' | 'Deployment' | 'Other';

/**
 * Whether alerts arrive. `Vanished`: somebody, or a mail scanner, has unsubscribed it, or nobody
 * confirmed it in time.
 */
export type Confirmation = 'Pending' | 'Confirmed' | 'Vanished';

/** How it stands with one receiver. */
export interface Standing extends Receiver {
  readonly origin: Origin;
  readonly confirmation: Confirmation;
  /** Of the confirmed subscription at the topic. */
  readonly arn?: string;
  /** What was asked for over the API. */
  readonly subscription?: Subscription;
}

/** What is known of subscriptions, from each of the places that know of some. */
export interface SeenSubscriptions {
  readonly subscriptions: readonly Subscription[];
  readonly subscribers: readonly Subscriber[];
  readonly declared: readonly Receiver[];
}

/** A receiver in its one spelling: the domain of an address has no letter case, the rest may. */
export function normalized<T extends Receiver>(receiver: T): T {
  if (receiver.protocol !== 'email') return receiver;
  const at = receiver.endpoint.lastIndexOf('@');
  const domain = receiver.endpoint.slice(at).toLowerCase();
  return { ...receiver, endpoint: receiver.endpoint.slice(0, at) + domain };
}

/** A receiver as one text; the same for all its spellings. */
export function receiverKey(receiver: Receiver): string {
  const { protocol, endpoint } = normalized(receiver);
  return `${protocol}:${endpoint}`;
}

/** How it stands with every receiver that anybody knows of (`now`: ms since the epoch). Pure. */
export function standings(seen: SeenSubscriptions, now: number): readonly Standing[] {
  const subscriptions = byKey(seen.subscriptions.filter(isAskedFor));
  const subscribers = byKey(seen.subscribers);
  const declared = byKey(seen.declared);
  const receivers = new Map<string, Receiver>([...subscribers, ...declared, ...subscriptions]);
  const inOrder = [...receivers].sort(([key], [other]) => (key < other ? -1 : 1));
  return inOrder.map(([key, { protocol, endpoint }]) => {
    const subscription = subscriptions.get(key);
    const subscriber = subscribers.get(key);
    return {
      protocol,
      endpoint,
      origin: declared.has(key) ? 'Deployment' : subscription ? 'Api' : 'Other',
      confirmation: confirmationOf(subscriber, subscription, now),
      ...(subscriber?.arn !== undefined && { arn: subscriber.arn }),
      ...(subscription && { subscription }),
    };
  });
}

function confirmationOf(
  subscriber: Subscriber | undefined,
  subscription: Subscription | undefined,
  now: number,
): Confirmation {
  if (subscriber) return subscriber.arn === undefined ? 'Pending' : 'Confirmed';
  const isNew = subscription !== undefined && isAhead(subscription.updatedAt + LAG, now, LAG);
  return isNew ? 'Pending' : 'Vanished';
}

function byKey<T extends Receiver>(receivers: readonly T[]): ReadonlyMap<string, T> {
  return new Map(receivers.map((receiver) => [receiverKey(receiver), receiver]));
}

/** How often (ms) the topic is asked who is subscribed. */
const INTERVAL = 15 * MINUTE;

/** How long (ms) somebody may take to confirm: half of what SNS gives them. */
const PATIENCE = DAY;

/** Who gets alerts, as far as the last look at the topic told. Times are ms since the epoch. */
export interface Listeners {
  readonly checkedAt: number;
  readonly confirmed: number;
  readonly pending: number;
  /** Of these, how many have not confirmed for a day. */
  readonly unconfirmed: number;
  readonly vanished: number;
  /**
   * Since when somebody has been pending who did not subscribe over the API: when that was, nobody
   * tells.
   */
  readonly othersPendingSince?: number;
  /** How many get the notices to the operator. Absent: not known. */
  readonly operators?: number;
}

/** Whether it is time to look who listens (`now`: ms since the epoch). */
export function isLookDue(last: Listeners | undefined, now: number, interval = INTERVAL): boolean {
  return last === undefined || !isAhead(last.checkedAt + interval, now, interval);
}

/** Who listens, by how it stands with everybody who should (`now`: ms since the epoch). Pure. */
export function listenersAmong(
  standings: readonly Standing[],
  last: Listeners | undefined,
  now: number,
): Listeners {
  const having = (wanted: Standing['confirmation']) =>
    standings.filter(({ confirmation }) => confirmation === wanted);
  const pending = having('Pending');
  // By a clock that was set back since, they would be missed hours late.
  const othersPendingSince = Math.min(now, last?.othersPendingSince ?? now);
  const since = ({ subscription }: Standing) =>
    subscription?.mailedAt ?? subscription?.updatedAt ?? othersPendingSince;
  return {
    checkedAt: now,
    confirmed: having('Confirmed').length,
    pending: pending.length,
    unconfirmed: pending.filter((standing) => now >= since(standing) + PATIENCE).length,
    // Whom somebody unsubscribes is off the topic first, and off the record then.
    vanished: having('Vanished').filter(({ subscription }) => !isHeld(subscription, now)).length,
    ...(pending.some(({ subscription }) => !subscription) && { othersPendingSince }),
  };
}

/** How far ahead (ms) a hold ends at most: no request lasts longer. */
const LONGEST_HOLD = MINUTE;

/** Whether somebody is changing a subscription just now. */
export function isHeld(subscription: Subscription | undefined, now: number): boolean {
  return isAhead(subscription?.held?.until, now, LONGEST_HOLD);
}

/** How many should get alerts and do not, though they have had time. */
export function lostListeners({ unconfirmed, vanished }: Listeners): number {
  return unconfirmed + vanished;
}
