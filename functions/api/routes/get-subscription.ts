import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';
import { readStanding } from '../standings.ts';
import { pathSubscriptionId } from '../subscription-id.ts';
import { SubscriptionNotFound } from '../subscription-problems.ts';
import { subscriptionView } from '../subscription-view.ts';

/** `GET /subscriptions/{subscriptionId}`: 200, or 404. */
export function getSubscriptionRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/subscriptions/{subscriptionId}',
    handler: async (event) => {
      const subscriptionId = pathSubscriptionId(event);
      const standing = await readStanding(ports, subscriptionId);
      if (standing === undefined) throw new SubscriptionNotFound(subscriptionId);
      return json(200, subscriptionView(standing));
    },
  };
}
