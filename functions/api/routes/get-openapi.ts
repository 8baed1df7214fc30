import { json } from '../response.ts';
import type { ApiRoute } from '../route.ts';

/**
 * `GET /openapi.json`: the API in OpenAPI, as `npm run openapi` has written it. It is a file of its own
 * beside the function, and read when somebody asks for it.
 */
export function getOpenApiRoute(): ApiRoute {
  return {
    method: 'GET',
    path: '/openapi.json',
    handler: async () => {
      const { default: document } = await import('../extraction-monitor.openapi.json', {
        with: { type: 'json' },
      });
      return json(200, document);
    },
  };
}
