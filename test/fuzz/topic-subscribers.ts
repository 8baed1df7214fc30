import type { Receiver, Subscriber } from '../../functions/core/alerts/listeners.ts';
import { SubscriptionRefused } from '../../functions/core/errors.ts';
import type { Subscribers } from '../../functions/core/ports.ts';

/** An address that the topic does not take, though there is nothing wrong with it. */
export const REFUSED = 'refused@example.com';

/** The subscribers of a topic in memory, and what it was told to change. */
export interface TopicSubscribers extends Subscribers {
  readonly told: readonly unknown[];
}

/** A topic; the first of its receivers has not confirmed yet. */
export function createTopicSubscribers(
  receivers: readonly Receiver[],
  declared: Receiver,
): TopicSubscribers {
  const subscribers: readonly Subscriber[] = [...receivers, declared].map((receiver, n) => ({
    ...receiver,
    ...(n > 0 && { arn: `arn:${n}` }),
  }));
  const told: unknown[] = [];
  function refuse({ endpoint }: Receiver): void {
    if (endpoint === REFUSED) throw new SubscriptionRefused('The topic does not take it.');
  }
  return {
    declared: [declared],
    told,
    list: async () => subscribers,
    async subscribe(receiver, policy) {
      refuse(receiver);
      told.push({ receiver, policy });
      return 'arn:new';
    },
    async change(arn, policy) {
      told.push({ arn, policy });
      return true;
    },
    async unsubscribe(arn) {
      told.push(arn);
      return true;
    },
  };
}
