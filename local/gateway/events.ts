import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
} from 'aws-lambda';

/** An HTTP request as it came over the wire. */
type GatewayRequest = {
  readonly method: string;
  /** Path and query as they were sent, percent-encoded. */
  readonly target: string;
  /** Names in lower case, each with all its values in the order they came. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Address of the caller. */
  readonly sourceIp: string;
  /** Port that the request came in on. */
  readonly port: number;
};

/** Who calls, in the words of the authorizer that guards the deployed API. */
export type Identity =
  | APIGatewayEventRequestContextIAMAuthorizer
  | APIGatewayEventRequestContextJWTAuthorizer;

/** What an event says of the moment and the caller, beyond the request itself. */
type Arrival = {
  readonly requestId: string;
  /** When the request came in, ms since the epoch. */
  readonly time: number;
  /** Absent as on a route without an authorizer. */
  readonly identity?: Identity | undefined;
  /** Routes besides `$default`, as in `POST /jobs/batch`. */
  readonly routeKeys?: readonly string[];
};

/** An API Gateway HTTP API event, payload format 2.0. */
export type GatewayEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { readonly authorizer?: Identity }
>;

/** A request path that the gateway cannot decode, and answers with 400 without asking the function. */
export class UndecodablePath extends Error {
  override readonly name = 'UndecodablePath';

  constructor(path: string, options?: ErrorOptions) {
    super(`The path ${path} is not percent-encoded UTF-8, or not after one decoding.`, options);
  }
}

/**
 * Content types whose bodies arrive as text; all others, and none at all, arrive in base64.
 * AWS documents no list. This one was measured on a live HTTP API [ministackorg/ministack#766] and
 * agrees with every recorded event in the tests.
 */
const TEXT = /^(text\/|application\/(json|javascript|xml)\s*(;|$))/i;

/**
 * Headers that belong to one connection (`connection` is missing in recorded events of clients that
 * send it), and `cookie`, which has a field of its own.
 */
const NOT_IN_EVENT = new Set(['connection', 'cookie', 'keep-alive', 'transfer-encoding']);

/**
 * The event that an HTTP API hands to a function on its `$default` stage, in format 2.0. A route of its
 * own is for one spelling of a path, as it was sent; any other is for `$default`. Whether the real
 * gateway decodes a path before it compares is not documented.
 * Only `x-amzn-trace-id` is left out: nothing is traced here.
 * Throws `UndecodablePath` where the real gateway refuses the path.
 * [https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html]
 */
export function toEvent(request: GatewayRequest, arrival: Arrival): GatewayEvent {
  const [encodedPath = '', ...query] = request.target.split('?');
  const rawPath = decodePath(encodedPath);
  const rawQueryString = query.join('?');
  const sent = `${request.method} ${encodedPath}`;
  const routeKey = arrival.routeKeys?.find((each) => each === sent) ?? '$default';
  const headers = eventHeaders(request);
  const cookies = eventCookies(request.headers.cookie);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters: queryParameters(rawQueryString) }),
    requestContext: {
      ...requestContext(request.method, rawPath, request.sourceIp, headers, arrival),
      routeKey,
    },
    ...eventBody(request.body, headers['content-type']),
  };
}

/**
 * An HTTP API decodes a path twice and drops what follows a `?` that the first pass brings up, so
 * `/a%3Fb` becomes `/a`, `/a%252Fb` becomes `/a/b` and `/100%25` is refused.
 * Measured, not documented [hotsock/voker#8]; other reports only say that `rawPath` is decoded.
 */
function decodePath(encoded: string): string {
  try {
    const [once = ''] = decodeURIComponent(encoded).split('?');
    return decodeURIComponent(once);
  } catch (cause) {
    throw new UndecodablePath(encoded, { cause });
  }
}

function eventHeaders({ headers, body, sourceIp, port }: GatewayRequest): Record<string, string> {
  const sent = Object.entries(headers)
    .filter(([name]) => !NOT_IN_EVENT.has(name))
    .map(([name, values]) => [name, values?.join(',')]);
  return {
    ...Object.fromEntries(sent),
    // Recorded events have it even for a GET, whose client sends none.
    'content-length': String(body.length),
    'x-forwarded-for': sourceIp,
    'x-forwarded-port': String(port),
    'x-forwarded-proto': 'http',
  };
}

function eventCookies(cookieHeaders: readonly string[] = []): string[] {
  return cookieHeaders
    .flatMap((header) => header.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
}

function queryParameters(rawQueryString: string): Record<string, string> {
  const byName = Map.groupBy(new URLSearchParams(rawQueryString), ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, pairs]) => [name, pairs.map(([, value]) => value).join(',')]),
  );
}

function eventBody(body: Buffer, contentType = ''): Pick<GatewayEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  return TEXT.test(contentType)
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}

function requestContext(
  method: string,
  path: string,
  sourceIp: string,
  headers: Readonly<Record<string, string>>,
  { requestId, time, identity }: Arrival,
): Omit<GatewayEvent['requestContext'], 'routeKey'> {
  const domainName = (headers.host ?? '').replace(/:\d+$/, '');
  return {
    accountId: '000000000000',
    apiId: 'local',
    ...(identity && { authorizer: identity }),
    domainName,
    domainPrefix: domainName.replace(/\..*/, ''),
    http: {
      method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId,
    stage: '$default',
    time: commonLogTime(time),
    timeEpoch: time,
  };
}

/** A time the way the Common Log Format writes it: `10/Aug/2020:02:48:20 +0000`. */
function commonLogTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
