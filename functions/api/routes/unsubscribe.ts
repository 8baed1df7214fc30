import type { UnsubscribedView } from '../openapi/subscription-schema.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';
import { readStanding, type SubscriptionPorts } from '../standings.ts';
import { pathSubscriptionId } from '../subscription-id.ts';
import {
  SubscriptionDeclared,
  SubscriptionNotFound,
  SubscriptionNotShown,
  SubscriptionOfOthers,
} from '../subscription-problems.ts';
import { untilWritten } from '../until-written.ts';

/** What became of a subscription that was to be ended. */
type UnsubscribeOutcome = 'Unsubscribed' | 'Lapsing';

/** What is said of each, in words for whoever asked. */
const DETAILS: Readonly<Record<UnsubscribeOutcome, string>> = {
  Unsubscribed: 'No alert goes there any more.',
  Lapsing:
    'SNS cannot take back a confirmation mail. The subscription lapses by itself 48 hours after the ' +
    'mail was sent; should somebody follow its link before, it is confirmed all the same: then ' +
    'delete it again.',
};

/** What became of a subscription as its caller gets to see it. */
export function unsubscribedView(
  subscriptionId: string,
  outcome: UnsubscribeOutcome,
): UnsubscribedView {
  return { subscriptionId, outcome, detail: DETAILS[outcome] };
}

/**
 * Ends a subscription: at the topic first, and on record then, so that after a crash in between the
 * same request finds what is left.
 *
 * @throws SubscriptionNotFound, SubscriptionDeclared, SubscriptionOfOthers, SubscriptionNotShown, and
 *   Contended when others keep changing the subscription
 */
function unsubscribe(
  ports: SubscriptionPorts,
  subscriptionId: string,
): Promise<UnsubscribeOutcome> {
  return untilWritten(`subscription ${subscriptionId}`, async () => {
    const standing = await readStanding(ports, subscriptionId);
    if (standing === undefined) throw new SubscriptionNotFound(subscriptionId);
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

/** `DELETE /subscriptions/{subscriptionId}`: 200, or 202 when it ends by and by. */
export function unsubscribeRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'DELETE',
    path: '/subscriptions/{subscriptionId}',
    handler: async (event) => {
      const subscriptionId = pathSubscriptionId(event);
      const outcome = await unsubscribe(ports, subscriptionId);
      return json(outcome === 'Lapsing' ? 202 : 200, unsubscribedView(subscriptionId, outcome));
    },
  };
}
