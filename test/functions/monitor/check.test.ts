import { expect, it } from 'vitest';
import { CredentialsRefused, TokenEndpointDown } from '../../../functions/core/errors.ts';
import type { StatusEndpoint } from '../../../functions/core/ports.ts';
import { createCheck } from '../../../functions/monitor/check.ts';
import { createRequestGate } from '../../../functions/monitor/request-gate.ts';
import type { SweepContext } from '../../../functions/monitor/sweep-context.ts';
import { emptyReport } from '../../../functions/monitor/sweep-report.ts';
import { createTokenSession } from '../../../functions/monitor/token-session.ts';

/** Nobody must ask without a token. */
const status: StatusEndpoint = {
  ask: () => Promise.reject(new Error('Upstream was asked without a token.')),
};

it.each([CredentialsRefused, TokenEndpointDown])(
  'does not blame a job for %o, even when it takes longer than the check may',
  async (TokenFault) => {
    const limit = new AbortController();
    const { signal } = new AbortController();
    const context = {
      status,
      report: emptyReport(),
      signal,
      time: { now: () => 0, timeout: () => limit.signal },
    } as unknown as SweepContext;
    const fails = async () => {
      limit.abort();
      throw new TokenFault('There is no token.');
    };
    const tokens = { current: fails, renew: fails, credentialsVersion: fails };
    const gate = createRequestGate(1, () => true);
    const check = createCheck(context, gate, createTokenSession(tokens, signal));

    await expect(check('a job')).rejects.toThrow(TokenFault);
  },
);
