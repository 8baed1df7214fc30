import { describe, expect, it } from 'vitest';
import { CAUSES, causeOfRefusal } from '../../../../functions/core/sweeps/causes.ts';

const error = (code: string, ...details: string[]) =>
  JSON.stringify({
    error: { code, message: 'Any.', details: details.map((each) => ({ code: each })) },
  });

describe('why upstream refuses', () => {
  it.each([
    [401, error('Unauthorized', 'UnknownClient'), 'ClientUnknown'],
    [401, error('TokenExpired'), 'TokenExpired'],
    [401, error('Unauthorized', 'token_expired'), 'TokenExpired'],
    [401, error('EXPIRED_TOKEN'), 'TokenExpired'],
    [401, error('ExpiredToken'), 'TokenExpired'],
    [401, '{"statusCode":401,"message":"Invalid Azure JWT."}', 'TokenExpired'],
    [403, error('InsufficientPermissions'), 'RoleMissing'],
  ] as const)('%i with %s is %s', (status, body, cause) => {
    expect(causeOfRefusal(status, body)).toBe(cause);
  });

  it.each([
    [401, ''],
    [401, '{}'],
    [401, 'UnknownClient'],
    [401, error('Unauthorized')],
    [401, error('NoTokenExpired', 'TokenExpiredSoon')],
    [401, '{"error":"UnknownClient","statusCode":401}'],
    [401, '{"error":{"code":{},"details":"UnknownClient"}}'],
    [401, '{"error":{"code":{"toString":1},"details":[{"code":["UnknownClient"]}]}}'],
    [401, '{"error":{"details":[null,7,{"message":"UnknownClient"}]}}'],
    [403, error('UnknownClient')],
    [403, '{"statusCode":403,"message":"Out of call volume quota."}'],
  ] as const)('is not told by %i with %s', (status, body) => {
    expect(causeOfRefusal(status, body)).toBeUndefined();
  });
});

it.each(Object.entries(CAUSES))('%s says in sentences what it means and what to do', (_, cause) => {
  expect(cause.meaning).toMatch(/^[A-Z].*\.$/);
  expect(cause.action).toMatch(/^[A-Z].*\.$/);
});

it.each([
  ['CredentialsRefused', 'ITWIN_CLIENT_SECRET'],
  ['TokenExpired', 'ITWIN_ACCESS_TOKEN'],
  ['RateLimited', 'CHECKS_PER_MINUTE'],
] as const)('%s names the setting of a local run: %s', (cause, setting) => {
  expect(CAUSES[cause].action).toContain(setting);
});
