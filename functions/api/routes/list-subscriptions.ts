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
      return json(200, { subscriptions: all.map(subscriptionView) });
    },
  };
}
