import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Claims } from '../../../../functions/api/http/callers.ts';
import type { TestRequest } from '../support/api-event.ts';
import { refused } from '../support/refused.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

const JOB_ID = '0b7ff5a4-1f2c-4c56-8f0c-7a2f3d7a7b11';

/** Every way in: the last three lead nowhere. */
const REQUESTS: readonly [method: string, path: string, body?: object][] = [
  ['POST', '/jobs', { jobId: JOB_ID }],
  ['GET', '/jobs'],
  ['GET', `/jobs/${JOB_ID}`],
  ['DELETE', `/jobs/${JOB_ID}`],
  ['GET', '/health'],
  ['GET', '/openapi.json'],
  ['GET', '/nowhere'],
  ['PUT', '/jobs'],
  ['POST', '/jobs', { jobId: 'wrong' }],
];

/** A request that API Gateway let in for its signature; in a token each of these values would be admitted. */
const SIGNED: TestRequest = {
  authorizer: {
    iam: {
      accessKey: 'service-1',
      accountId: '123456789012',
      callerId: 'service-1',
      cognitoIdentity: null,
      principalOrgId: 'organization-1',
      userArn: 'person-1',
      userId: 'person-1',
    },
  },
};

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({
    admittedCallers: {
      clientIds: ['service-1', 'service-2'],
      subjects: ['person-1'],
      organizations: ['organization-1'],
    },
  });
});
afterAll(() => api.close());
beforeEach(() => api.forget());

/** A request whose token API Gateway found to be valid. */
function withToken(claims: Claims): TestRequest {
  return { authorizer: { jwt: { claims, scopes: ['itwin-platform'] } } };
}

describe('a caller with a valid token is admitted', () => {
  it.each<[string, Claims]>([
    ['its client', { client_id: 'service-1' }],
    ['another admitted client', { client_id: 'service-2', sub: 'anybody', org: 'any' }],
    ['its client where the provider says azp', { azp: 'service-1' }],
    ['its subject', { client_id: 'any', sub: 'person-1', org: 'any' }],
    ['its organization', { client_id: 'any', sub: 'anybody', org: 'organization-1' }],
  ])('by %s', async (_, claims) => {
    expect((await api.request('GET', '/jobs', withToken(claims))).status).toBe(200);
  });
});

describe('a caller with a valid token is refused', () => {
  it.each<[string, Claims]>([
    ['nothing about the caller', { iss: 'https://ims.bentley.com', aud: 'service-1' }],
    ['a longer client id', { client_id: 'service-10' }],
    ['a client id with an admitted one at its end', { client_id: 'my-service-1' }],
    ['the beginning of a client id', { client_id: 'service-' }],
    ['a client id in other case', { client_id: 'Service-1' }],
    ['a client id with a blank', { client_id: 'service-1 ' }],
    ['several client ids in one', { client_id: 'service-1 service-2' }],
    ['an array of client ids', { client_id: '[service-1 service-2]' }],
    ['an array of one client id', { client_id: '[service-1]' }],
    ['an array that was left one', { client_id: ['service-1'] }],
    ['an empty client id', { client_id: '' }],
    ['an azp that its client id does not bear out', { client_id: 'any', azp: 'service-1' }],
    ['a part of a subject', { sub: 'person' }],
    ['an array of subjects', { sub: '[person-1]' }],
    ['a longer organization', { org: 'organization-1.example' }],
    ['an array of organizations', { org: '[organization-1 organization-2]' }],
    ['a client id in its subject', { sub: 'service-1' }],
    ['a subject in its client id', { client_id: 'person-1' }],
    ['a subject in its organization', { org: 'person-1' }],
    ['an organization in its subject', { sub: 'organization-1' }],
    ['an organization in another claim', { org_name: 'organization-1', ultimate_site: 'person-1' }],
    ['a subject in another claim', { email: 'person-1', name: 'person-1', username: 'person-1' }],
  ])('that names %s', async (_, claims) => {
    expect((await refused(api, 'GET', '/jobs', withToken(claims))).status).toBe(403);
  });

  it.each(REQUESTS)('whatever it asks for: %s %s', async (method, path, body) => {
    const stranger = { ...withToken({ client_id: 'stranger' }), ...(body && { body }) };
    expect((await refused(api, method, path, stranger)).status).toBe(403);
    expect(api.counted).toEqual([]);
  });

  it('and told whom to ask for what, and nothing else of its token', async () => {
    const claims = { client_id: 'spa-7', sub: 'person-7', org: 'secret', email: 'secret' };
    const { body, headers } = await refused(api, 'GET', '/jobs', withToken(claims));
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail:
        'You are not admitted. Ask the operator of this API to admit you. ' +
        'Your token says: client id spa-7, subject person-7.',
    });
    expect(headers).toMatchObject({ 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY' });
  });

  it('and leaves a line in the log that tells nothing of its token', async () => {
    await api.request('GET', '/jobs', withToken({ client_id: 'stranger' }));
    const facts = { method: 'GET', path: '/jobs', status: 403 };
    expect(api.logged).toEqual([{ message: 'Answered a request', facts }]);
  });
});

describe('a caller without a token is refused where tokens are asked for', () => {
  it.each<[string, TestRequest]>([
    ['no authorizer', {}],
    ['an authorizer that tells nothing', { authorizer: {} }],
    ['a signature in its place', SIGNED],
    ['an authorization header alone', { headers: { authorization: 'Bearer service-1' } }],
  ])('with %s', async (_, request) => {
    for (const [method, path, body] of REQUESTS) {
      const answer = await refused(api, method, path, { ...request, ...(body && { body }) });
      expect(answer.status).toBe(403);
    }
  });
});

describe('an API that was given no allow-list', () => {
  it('leaves it to API Gateway who gets in', async () => {
    const open = await startTestApi();
    onTestFinished(() => open.close());
    for (const request of [SIGNED, withToken({ client_id: 'stranger' }), {}]) {
      expect((await open.request('GET', '/jobs', request)).status).toBe(200);
    }
  });
});
