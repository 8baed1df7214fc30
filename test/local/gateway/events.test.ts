import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toEvent } from '../../../local/gateway/events.ts';
import { type Gateway, startGateway } from '../../../local/gateway/server.ts';
import {
  fixture,
  type MeasuredContentType,
  type MeasuredPath,
  type RecordedEvent,
} from './fixtures.ts';
import { send } from './raw-request.ts';

let gateway: Gateway;
let events: APIGatewayProxyEventV2[];
let clock = 0;

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    now: () => clock,
    newRequestId: () => 'the-request-id',
    invoke: async (event) => {
      events.push(event);
      return { statusCode: 200 };
    },
  });
});

beforeEach(() => {
  events = [];
});

afterAll(() => gateway.close());

/** The one event that reached the function. */
function theEvent(): APIGatewayProxyEventV2 {
  expect(events).toHaveLength(1);
  return events[0] as APIGatewayProxyEventV2;
}

const VARIES = /^(host|x-amzn-trace-id|x-forwarded-.*)$/;

/** What of an event is the same in every account, on every domain, for every route. */
function invariant({ headers, requestContext, ...rest }: APIGatewayProxyEventV2) {
  const { version, routeKey, ...fields } = rest;
  const { sourceIp, ...http } = requestContext.http;
  const { time, timeEpoch } = requestContext;
  return {
    ...fields,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !VARIES.test(name))),
    requestContext: { http, time, timeEpoch },
  };
}

describe.each(['curl-requests', 'ingress-probe', 'lambda-test-tool-requests', 'minimal-requests'])(
  'An event is the one that a real HTTP API recorded (%s)',
  (file) => {
    test.each(fixture<RecordedEvent>(file).cases)('for $title', async ({ request, event }) => {
      const { bodyBase64, body, ...rest } = request;
      clock = event.requestContext.timeEpoch;
      await send(gateway.url, {
        ...rest,
        body: bodyBase64 === undefined ? (body ?? '') : Buffer.from(bodyBase64, 'base64'),
      });
      expect(invariant(theEvent())).toStrictEqual(event);
    });
  },
);

describe('A path reaches the function as a real HTTP API was seen to decode it', () => {
  const { query, cases } = fixture<MeasuredPath>('paths');

  test.each(cases.filter(({ rawPath }) => rawPath !== null))('$path', async (path) => {
    await send(gateway.url, { method: 'GET', target: `${path.path}?${query}` });
    expect(theEvent()).toMatchObject({ rawPath: path.rawPath, rawQueryString: query });
    expect(theEvent().requestContext.http.path).toBe(path.rawPath);
  });

  test.each([...cases.filter(({ rawPath }) => rawPath === null), { path: '/%FF' }])(
    '$path is refused without asking the function',
    async ({ path }) => {
      const { status, body } = await send(gateway.url, { method: 'GET', target: path });
      expect({ status, body }).toStrictEqual({ status: 400, body: '{"message":"Bad Request"}' });
      expect(events).toStrictEqual([]);
    },
  );
});

describe('A body reaches the function as text only for content types that say so', () => {
  test.each(fixture<MeasuredContentType>('content-types').cases)(
    '$contentType: base64 is $isBase64Encoded',
    async ({ contentType, isBase64Encoded }) => {
      await send(gateway.url, {
        method: 'POST',
        target: '/',
        headers: contentType === null ? [] : [['Content-Type', contentType]],
        body: 'hi λ',
      });
      expect(theEvent()).toMatchObject({
        isBase64Encoded,
        body: isBase64Encoded ? Buffer.from('hi λ').toString('base64') : 'hi λ',
      });
    },
  );
});

describe('An event', () => {
  test('comes by the $default route and stage', async () => {
    await send(gateway.url, { method: 'GET', target: '/' });
    expect(theEvent()).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      requestContext: { routeKey: '$default', stage: '$default' },
    });
    expect(theEvent()).not.toHaveProperty('pathParameters');
  });

  test('names the caller, the host and the request', async () => {
    const { headers } = await send(gateway.url, { method: 'GET', target: '/' });
    expect(theEvent()).toMatchObject({
      headers: {
        host: new URL(gateway.url).host,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': new URL(gateway.url).port,
        'x-forwarded-proto': 'http',
      },
      requestContext: {
        domainName: '127.0.0.1',
        domainPrefix: '127',
        http: { sourceIp: '127.0.0.1' },
        requestId: 'the-request-id',
      },
    });
    expect(headers['apigw-requestid']).toBe('the-request-id');
  });

  test('has no authorizer when nobody is identified', async () => {
    await send(gateway.url, { method: 'GET', target: '/' });
    expect(theEvent().requestContext).not.toHaveProperty('authorizer');
  });

  test('tells the length of a body that came in chunks, and nothing of the chunks', async () => {
    await send(gateway.url, {
      method: 'POST',
      target: '/',
      headers: [
        ['Content-Type', 'text/plain'],
        ['Transfer-Encoding', 'chunked'],
      ],
      body: 'four',
    });
    expect(theEvent()).toMatchObject({ body: 'four', headers: { 'content-length': '4' } });
    expect(theEvent().headers).not.toHaveProperty('transfer-encoding');
  });

  test('keeps every cookie of repeated cookie headers', async () => {
    await send(gateway.url, {
      method: 'GET',
      target: '/',
      headers: [
        ['Cookie', 'a=1; b=2;'],
        ['Cookie', 'c=3'],
      ],
    });
    expect(theEvent().cookies).toStrictEqual(['a=1', 'b=2', 'c=3']);
  });

  test('keeps question marks in a query and slashes at the end of a path', async () => {
    await send(gateway.url, { method: 'GET', target: '/a//b/?q=1?2' });
    expect(theEvent()).toMatchObject({
      rawPath: '/a//b/',
      rawQueryString: 'q=1?2',
      queryStringParameters: { q: '1?2' },
    });
  });

  // With time for each pair of them this would take hours.
  test('takes a name half a million times', () => {
    const request = {
      method: 'GET',
      target: `/?${'a=1&'.repeat(500_000)}`,
      headers: {},
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      port: 80,
    };
    const { queryStringParameters = {} } = toEvent(request, { requestId: '1', time: 0 });
    expect(queryStringParameters.a).toHaveLength(999_999);
  });
});
