import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MalformedResult } from '../../../local/gateway/responses.ts';
import { type Gateway, startGateway } from '../../../local/gateway/server.ts';
import { fixture, type RecordedResponse } from './fixtures.ts';
import { send } from './raw-request.ts';

let gateway: Gateway;
let result: unknown;
let errors: unknown[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    invoke: async () => result,
    onError: (error) => errors.push(error),
  });
});

afterEach(() => {
  errors = [];
});

afterAll(() => gateway.close());

const get = () => send(gateway.url, { method: 'GET', target: '/' });

describe('A response is the one that a real HTTP API recorded', () => {
  test.each(fixture<RecordedResponse>('lambda-test-tool-responses').cases)(
    'for $title',
    async (recorded) => {
      result = recorded.result;
      const { status, headers, body } = await get();
      expect({ status, contentType: headers['content-type'], body }).toStrictEqual(
        recorded.response,
      );
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    },
  );
});

describe('A response', () => {
  test('carries headers of all allowed types, their names in any case', async () => {
    result = { statusCode: 200, headers: { 'X-Text': 'a,b', 'x-count': 3, 'X-FLAG': false } };
    expect((await get()).headers).toMatchObject({
      'x-text': 'a,b',
      'x-count': '3',
      'x-flag': 'false',
    });
  });

  test('sets each cookie in a header of its own', async () => {
    result = {
      statusCode: 200,
      cookies: ['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    };
    expect((await get()).headers['set-cookie']).toStrictEqual([
      'a=1; Path=/',
      'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    ]);
  });

  test('tells the length that was sent, whatever the function says', async () => {
    result = { statusCode: 200, headers: { 'Content-Length': '999' }, body: 'λ' };
    const { headers, body } = await get();
    expect({ length: headers['content-length'], body }).toStrictEqual({ length: '2', body: 'λ' });
  });

  test('has no body for 204', async () => {
    result = { statusCode: 204 };
    const { status, body } = await get();
    expect({ status, body }).toStrictEqual({ status: 204, body: '' });
  });

  test('is null when the function returns nothing', async () => {
    result = undefined;
    const { status, body } = await get();
    expect({ status, body }).toStrictEqual({ status: 200, body: 'null' });
  });
});

describe('A result that is no response becomes a bare 500, and its error says why', () => {
  test.each([
    ['a body that is an object', { statusCode: 200, body: { a: 1 } }, /expected string.*\n.*body/],
    ['a status in quotes', { statusCode: '200' }, /statusCode/],
    ['a status that ends nothing', { statusCode: 100 }, /statusCode/],
    ['a list of header values', { statusCode: 200, headers: { a: ['1', '2'] } }, /headers\.a/],
    ['a header name with a space', { statusCode: 200, headers: { 'a b': '1' } }, /header/],
    ['a header value in two lines', { statusCode: 200, headers: { a: '1\r\nb: 2' } }, /header/],
    ['a control character in a header', { statusCode: 200, headers: { a: '\u0001' } }, /header/],
    ['a cookie in two lines', { statusCode: 200, cookies: ['a=1\nb'] }, /header/],
  ])('%s', async (_, malformed, why) => {
    result = malformed;
    const { status, body } = await get();
    expect({ status, body }).toStrictEqual({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
    expect(errors).toStrictEqual([expect.any(MalformedResult)]);
    expect(String(errors[0])).toMatch(why);
  });

  test('a result that is no JSON', async () => {
    result = { statusCode: 200, size: 1n };
    expect((await get()).status).toBe(500);
    expect(errors).toStrictEqual([expect.any(TypeError)]);
  });
});
