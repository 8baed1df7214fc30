import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../../functions/api/http/callers.ts';
import type { CallerContext } from '../../../../functions/api/http/route.ts';

function iam(userArn: string): CallerContext {
  return {
    authorizer: {
      iam: {
        accessKey: 'AKIA',
        accountId: '123456789012',
        callerId: 'AIDA',
        cognitoIdentity: null,
        principalOrgId: 'o-1',
        userArn,
        userId: 'AIDA',
      },
    },
  };
}

function jwt(claims: Record<string, string>): CallerContext {
  return { authorizer: { jwt: { claims, scopes: [] }, principalId: '', integrationLatency: 0 } };
}

describe('the caller', () => {
  it('is the ARN of an IAM identity', () => {
    const userArn = 'arn:aws:iam::123456789012:user/nightly';
    expect(callerOf(iam(userArn))).toBe(userArn);
  });

  it('is the subject of a token', () => {
    expect(callerOf(jwt({ sub: 'person', client_id: 'app' }))).toBe('person');
  });

  it('is the client where a token has no subject', () => {
    expect(callerOf(jwt({ client_id: 'service-1' }))).toBe('service-1');
    expect(callerOf(jwt({ azp: 'service-1' }))).toBe('service-1');
  });

  it('is local where nobody is asked who they are', () => {
    expect(callerOf({})).toBe('local');
  });

  it('is unknown where a token names nobody', () => {
    expect(callerOf(jwt({ org: 'org-1' }))).toBe('unknown');
  });

  it('is cut to what may be stored', () => {
    expect(callerOf(jwt({ sub: 'x'.repeat(5_000) }))).toHaveLength(1_024);
  });
});
