import { expect, test } from 'vitest';
import { ask, JOB_ID, simulate, statusUrl } from './simulate.ts';

/** What a control route is sent, and what a client gets afterwards, answer by answer. */
type Case = readonly [
  name: string,
  answers: readonly object[],
  seen: readonly (readonly [status: number, body: unknown, retryAfter?: string])[],
];

const RUNNING = { status: { state: 'Running' } };
const QUOTA = {
  statusCode: 403,
  message: 'Out of call volume quota. Quota will be replenished in 00:12:34.',
};
const UNKNOWN_CLIENT = {
  message: 'Access denied due to invalid client.',
  details: [{ code: 'UnknownClient', message: 'Client was not registered.' }],
};
const raw = (status: number, body: unknown, headers = {}) => ({
  kind: 'raw',
  status,
  body,
  headers,
});

test.each<Case>([
  [
    'containsIssues as text',
    [{ state: 'Failed', reason: 'x', put: { containsIssues: 'true' } }],
    [[200, { status: { state: 'Failed', reason: 'x', containsIssues: 'true' } }]],
  ],
  [
    'a known word in lower case',
    [{ state: 'succeeded', reason: 'Completed', omit: ['containsIssues', '_links'] }],
    [[200, { status: { state: 'succeeded', reason: 'Completed' } }]],
  ],
  [
    'the call quota used up in the middle of a run, and for good',
    [
      { state: 'Running', omit: ['containsIssues'] },
      { kind: 'error', status: 403, form: 'gateway', retryAfter: 754 },
    ],
    [
      [200, RUNNING],
      [403, QUOTA, '754'],
      [403, QUOTA, '754'],
    ],
  ],
  ['a body as JSON', [raw(403, QUOTA, { 'retry-after': '754' })], [[403, QUOTA, '754']]],
  [
    '503 with retry-after and no body',
    [raw(503, '', { 'retry-after': '600' })],
    [[503, '', '600']],
  ],
  [
    'an unknown client',
    [{ kind: 'error', status: 401, ...UNKNOWN_CLIENT }],
    [[401, { error: { code: 'Unauthorized', ...UNKNOWN_CLIENT } }]],
  ],
  ['401 that says nothing', [raw(401, {})], [[401, {}]]],
  [
    'retry-after that is no date',
    [raw(429, {}, { 'retry-after': 'wait 5' })],
    [[429, {}, 'wait 5']],
  ],
  ['202 without a body', [raw(202, '')], [[202, '']]],
])('a script makes a run answer as upstream was seen to: %s', async (_, answers, seen) => {
  const simulator = await simulate();
  const steps = answers.map((answer) => ({ answer, forRequests: 1 }));
  const added = await fetch(`${simulator.url}/simulator/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobId: JOB_ID, steps }),
  });
  expect(added.status).toBe(201);

  for (const [status, body, retryAfter = null] of seen) {
    const response = await ask(statusUrl(simulator));
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    const text = await response.text();
    if (typeof body === 'string') {
      expect(text).toBe(body);
    } else {
      expect(JSON.parse(text)).toMatchObject(body as object);
    }
  }
});

test('a script puts the second page of the logs behind a link with a slash', async () => {
  const simulator = await simulate();
  const pages = [[{ message: 'first page' }], [{ message: 'SECOND PAGE' }]];
  const answer = { state: 'Failed', reason: 'x', logs: { kind: 'pagedLogs', pages } };
  await fetch(`${simulator.url}/simulator/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobId: JOB_ID, steps: [{ answer }] }),
  });

  const first = await (await ask(`${statusUrl(simulator)}/logs?$top=1000`)).text();
  const next = /"next":\{"href":"([^"]+)"/.exec(first)?.[1] ?? '';

  expect(first).not.toContain('SECOND PAGE');
  expect(next).toContain('/logs/?');
  expect(await (await ask(next)).text()).toContain('SECOND PAGE');
});

test.each([
  ['a slow one', { kind: 'token', delayMs: 20 }, 200, { token_type: 'Bearer', expires_in: 3600 }],
  ['one that lives for nothing', { kind: 'token', put: { expires_in: 0 } }, 200, { expires_in: 0 }],
  [
    'one of another type',
    { kind: 'token', put: { token_type: 'mac' } },
    200,
    { token_type: 'mac' },
  ],
  ['a refusal', { kind: 'oauthError', error: 'invalid_client' }, 400, { error: 'invalid_client' }],
  [
    'an echo of the secret',
    { kind: 'oauthError', error: '{client_secret} echoed back' },
    400,
    { error: 'simulator-secret echoed back' },
  ],
  [
    'an unknown client',
    { kind: 'error', status: 401, ...UNKNOWN_CLIENT },
    401,
    { error: { code: 'Unauthorized', ...UNKNOWN_CLIENT } },
  ],
])('the control makes the token endpoint answer with %s', async (_, answer, status, body) => {
  const simulator = await simulate();
  const told = await fetch(`${simulator.url}/simulator/tokens`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  });
  expect(told.status).toBe(200);

  const response = await fetch(simulator.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'itwin-platform',
      client_id: simulator.clientId,
      client_secret: simulator.clientSecret,
    }),
  });

  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject(body);
});
