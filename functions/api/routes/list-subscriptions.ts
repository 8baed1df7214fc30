import type { SubscriptionList } from '../openapi/subscription-schema.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';
import { readStandings } from '../standings.ts';
import { subscriptionView } from '../subscription-view.ts';

/** `GET /subscriptions`: 200 with everybody who is told, whoever subscribed them. */
export function listSubscriptionsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/subscriptions',
    handler: async () => {
      const all = await readStandings(ports);
      const list: SubscriptionList = { subscriptions: all.map(subscriptionView) };
      return json(200, list);
    },
  };
}
