import { isHeld, type Subscription } from '../../core/alerts/listeners.ts';
import { omit } from '../../core/objects.ts';
import type { SubscriptionStore, TimeSource } from '../../core/ports.ts';
import { SECOND } from '../../core/time.ts';
import { Contended } from './refusals.ts';

/** The longest (ms) that a request holds a subscription: no function runs longer. */
const HOLD = 30 * SECOND;

/** The longest (ms) that a request waits for another to let go of a subscription. */
const PATIENCE = 10 * SECOND;

/** The waits (ms) before a subscription is looked at again: they double. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 640;

/** What it takes to hold a subscription. */
export interface HoldPorts {
  readonly subscriptions: SubscriptionStore;
  readonly time: TimeSource;
  /** Lets so many ms go by, and keeps the process up: a signal does not, and Lambda ends what nothing keeps up. */
  readonly wait: (ms: number) => Promise<void>;
  /** A UUID that was never given out before. */
  readonly newId: () => string;
}

/** A subscription that this request alone may change, on record and at the topic. */
export interface HeldSubscription {
  /** What was on record before. */
  readonly before: Subscription | undefined;
  /** What is on record now. */
  readonly held: Subscription;
}

/**
 * Holds a subscription with the write that changes it. The record of a receiver is the lock on what the
 * topic has of it: whoever changes both holds it from the first step to the last, and the others wait.
 * A hold that its process did not let go of runs out.
 *
 * @param change what is to be on record, given what is (`now`: ms since the epoch)
 * @throws Contended when others hold it for too long
 */
export async function hold(
  { subscriptions, time, wait, newId }: HoldPorts,
  subscriptionId: string,
  change: (before: Subscription | undefined, now: number) => Omit<Subscription, 'version' | 'held'>,
): Promise<HeldSubscription> {
  const by = newId();
  let tried: HeldSubscription | undefined;
  let pause = FIRST_WAIT;
  for (let waited = 0; waited < PATIENCE; waited += pause) {
    const before = await subscriptions.get(subscriptionId);
    // The answer to our own write may have been lost.
    if (tried && before?.held?.by === by) return tried;
    const now = time.now();
    if (!isHeld(before, now)) {
      const version = (before?.version ?? 0) + 1;
      const held = { ...change(before, now), version, held: { by, until: now + HOLD } };
      tried = { before, held };
      if (await subscriptions.put(held)) return tried;
    }
    await wait(pause);
    pause = Math.min(2 * pause, LONGEST_WAIT);
  }
  throw new Contended(`subscription ${subscriptionId}`);
}

/**
 * Lets go of a subscription with the write that says how it is from now on.
 *
 * @param after undefined: nothing is on record any more
 * @returns false when the hold had run out and others have changed it
 */
export async function letGo(
  { subscriptions }: Pick<HoldPorts, 'subscriptions'>,
  held: Subscription,
  after: Subscription | undefined,
): Promise<boolean> {
  const { subscriptionId } = held;
  if (after === undefined) {
    const isRemoved = await subscriptions.remove(held);
    return isRemoved || (await subscriptions.get(subscriptionId)) === undefined;
  }
  const version = held.version + 1;
  if (await subscriptions.put({ ...omit(after, 'held'), version })) return true;
  const latest = await subscriptions.get(subscriptionId);
  return latest?.version === version && latest.held === undefined;
}
