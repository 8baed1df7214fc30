import { type Standing, standings } from '../core/alerts/listeners.ts';
import type { Subscribers, SubscriptionStore, TimeSource } from '../core/ports.ts';
import { SECOND } from '../core/time.ts';
import { subscriptionIdOf } from './subscription-id.ts';

/** The most time (ms) that the topic and the table may take to list subscriptions. */
const LIST_TIME = 10 * SECOND;

/** What it takes to know, and to change, who is subscribed. */
export interface SubscriptionPorts {
  readonly subscriptions: SubscriptionStore;
  readonly subscribers: Subscribers;
  readonly time: TimeSource;
}

/** How it stands with every receiver of alerts. */
export async function readStandings(ports: SubscriptionPorts): Promise<readonly Standing[]> {
  const { subscriptions, subscribers, time } = ports;
  const signal = time.timeout(LIST_TIME);
  const [asked, atTopic] = await Promise.all([
    subscriptions.list(signal),
    subscribers.list(signal),
  ]);
  const { declared } = subscribers;
  return standings({ subscriptions: asked, subscribers: atTopic, declared }, time.now());
}

/** How it stands with one of them; undefined when nobody knows of such a subscription. */
export async function readStanding(
  ports: SubscriptionPorts,
  subscriptionId: string,
): Promise<Standing | undefined> {
  const all = await readStandings(ports);
  return all.find((standing) => subscriptionIdOf(standing) === subscriptionId);
}
