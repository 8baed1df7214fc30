import type { ApiEvent } from '../../../../functions/api/http/route.ts';

/** What a test says about a request. */
export interface TestRequest {
  /** Sent as JSON when it is no string. */
  readonly body?: unknown;
  /** As it stands in the URL, without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isBase64Encoded?: boolean;
  readonly authorizer?: ApiEvent['requestContext']['authorizer'];
}

/** Routes that API Gateway has besides `$default`: each for one spelling of its path. */
const ROUTE_KEYS = ['POST /jobs/batch'];

/** A request as API Gateway hands it over in payload format 2.0. */
export function apiEvent(method: string, path: string, request: TestRequest = {}): ApiEvent {
  const { body, query = '', headers = {}, isBase64Encoded = false, authorizer } = request;
  const routeKey = ROUTE_KEYS.find((each) => each === `${method} ${path}`) ?? '$default';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(query !== '' && { queryStringParameters: joinedParameters(query) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      ...(authorizer && { authorizer }),
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey,
      stage: '$default',
      time: '01/Feb/2026:00:00:00 +0000',
      timeEpoch: Date.UTC(2026, 1, 1),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded,
  };
}

function joinedParameters(query: string): Record<string, string> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]),
  );
}
