import fc from 'fast-check';
import {
  batch,
  bodies,
  iModelWatch,
  jobChange,
  registration,
  subscription,
  testAlert,
} from './bodies.ts';
import { type ApiRequest, IMODEL_IDS, JOB_IDS, SUBSCRIPTION_IDS } from './populated-api.ts';
import { anyText } from './rare.ts';

/** A request, good or bad. */
export interface FuzzRequest extends ApiRequest {
  /** The route that it was made for; another method or path may make another of it. */
  readonly aim: string;
}

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'];

/** Segments of paths that are in the way of nobody's id. */
const oddSegment = fc.oneof(
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('..', '.', '%2F', '%', '', 'jobs', 'batch', '{jobId}', 'x'.repeat(5_000)),
  anyText,
);

const jobId = mostly(
  fc.constantFrom(...JOB_IDS, ...JOB_IDS.map((id) => id.toUpperCase())),
  fc.oneof(fc.uuid(), oddSegment),
);
const iModelId = mostly(
  fc.constantFrom(...IMODEL_IDS, ...IMODEL_IDS.map((id) => id.toUpperCase())),
  fc.oneof(fc.uuid(), oddSegment),
);
const iModelPath = iModelId.map((id) => `/imodels/${id}`);
const subscriptionId = mostly(
  fc.constantFrom(...SUBSCRIPTION_IDS),
  fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), oddSegment),
);

const parameters = fc.oneof(
  fc.constantFrom('limit=1', 'limit=100', 'limit=0', 'limit=101', 'limit=1e1', 'limit=', 'limit'),
  fc.constantFrom(
    'state=Failed',
    'state=Upstream:Failed',
    'state=Upstream:',
    'state=In%20progress',
  ),
  fc.constantFrom('stateGroup=pending', 'stateGroup=ended', 'stateGroup=all', 'labelPrefix=Tower'),
  fc.constantFrom(
    'groupBy=label',
    'groupBy=iModel',
    'groupBy=jobKind',
    'groupBy=state',
    'groupBy=',
  ),
  fc
    .tuple(
      fc.constantFrom('registeredFrom', 'registeredBefore', 'from', 'to'),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    )
    .map((pair) => pair.join('=')),
  fc
    .oneof(
      fc.constantFrom('2026-02', '2026-02 2026-02-10T12:00:00.000Z#a', '0000-01', '9999-12'),
      anyText,
    )
    .map((text) => `cursor=${Buffer.from(text).toString('base64url')}`),
);
const query = fc.oneof(
  { weight: 4, arbitrary: fc.array(parameters, { maxLength: 3 }).map((all) => all.join('&')) },
  { weight: 1, arbitrary: fc.webQueryParameters() },
  { weight: 1, arbitrary: anyText },
);

const mediaType = fc.constantFrom(
  'application/json; charset=utf-8',
  'application/vnd.api+json',
  'APPLICATION/JSON',
  'application/json,text/html',
  'text/plain',
  'application/x-www-form-urlencoded',
  '',
);
const condition = fc.oneof(
  fc.constantFrom('*', 'W/"1"', '"1", W/"2"', 'W/', ',,,', '""', `W/"${'9'.repeat(400)}"`),
  anyText,
);
const headers = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      { 'content-type': mediaType, 'if-none-match': condition },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.dictionary(anyText, anyText) },
);

const claims = fc.dictionary(
  fc.constantFrom('sub', 'client_id', 'azp', 'org', 'scope'),
  fc.oneof(fc.constant('known'), fc.constant('[known other]'), anyText),
);
const authorizer = fc.oneof(
  fc.constant(undefined),
  anyText.map((userArn) => ({ iam: { userArn } }) as FuzzRequest['authorizer']),
  claims.map((all) => ({ jwt: { claims: all, scopes: [] } }) as FuzzRequest['authorizer']),
);

/** Every route with what it is asked with. A test sees to it that none is missing. */
const AIMS: Readonly<Record<string, { path: fc.Arbitrary<string>; body?: fc.Arbitrary<unknown> }>> =
  {
    'POST /jobs': { path: fc.constant('/jobs'), body: bodies(registration) },
    'POST /jobs/batch': { path: fc.constant('/jobs/batch'), body: bodies(batch) },
    'GET /jobs': { path: fc.constant('/jobs') },
    'GET /jobs/{jobId}': { path: jobId.map((id) => `/jobs/${id}`) },
    'PATCH /jobs/{jobId}': { path: jobId.map((id) => `/jobs/${id}`), body: bodies(jobChange) },
    'DELETE /jobs/{jobId}': { path: jobId.map((id) => `/jobs/${id}`) },
    'GET /statistics': { path: fc.constant('/statistics') },
    'PUT /imodels/{iModelId}': { path: iModelPath, body: bodies(iModelWatch) },
    'GET /imodels': { path: fc.constant('/imodels') },
    'GET /imodels/{iModelId}': { path: iModelPath },
    'DELETE /imodels/{iModelId}': { path: iModelPath },
    'POST /alerts/test': { path: fc.constant('/alerts/test'), body: bodies(testAlert) },
    'POST /subscriptions': { path: fc.constant('/subscriptions'), body: bodies(subscription) },
    'GET /subscriptions': { path: fc.constant('/subscriptions') },
    'GET /subscriptions/{subscriptionId}': {
      path: subscriptionId.map((id) => `/subscriptions/${id}`),
    },
    'DELETE /subscriptions/{subscriptionId}': {
      path: subscriptionId.map((id) => `/subscriptions/${id}`),
    },
    'GET /health': { path: fc.constant('/health') },
    'GET /openapi.json': { path: fc.constant('/openapi.json') },
  };

/** What is mostly asked with parameters. */
const HAS_QUERY: ReadonlySet<string> = new Set(['GET /jobs', 'GET /statistics']);

/** Requests for one route: as a rule with its method, its path and no body where it takes none. */
function requestsFor(aim: string): fc.Arbitrary<FuzzRequest> {
  const [method = ''] = aim.split(' ');
  const { path, body } = AIMS[aim] ?? { path: anywhere };
  return fc
    .record({
      method: mostly(fc.constant(method), fc.constantFrom(...METHODS, '__proto__')),
      path: mostly(
        path,
        path.map((given) => `${given}/`),
      ),
      query: mostly(HAS_QUERY.has(aim) ? query : fc.constant(''), query),
      body: body ? mostly(body, fc.constant(undefined)) : mostly(fc.constant(undefined), anyText),
      isBase64Encoded: mostly(fc.constant(false), fc.constant(true)),
      headers,
      authorizer,
      isGuarded: mostly(fc.constant(false), fc.constant(true)),
    })
    .map((request) => ({ aim, ...request }));
}

const anywhere = fc.array(oddSegment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

/** What a request can be made for. */
export const ROUTES: readonly string[] = Object.keys(AIMS);

/** Requests of every kind. */
export const anyRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  ...[...ROUTES, 'GET elsewhere'].map(requestsFor),
);

/** Nine times in ten the one, else the other. */
function mostly<A, B>(usual: fc.Arbitrary<A>, odd: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
}
