import { expect, it } from 'vitest';
import { createEnvironmentCredentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { CredentialsRefused } from '../../../../functions/core/errors.ts';

const NEVER = new AbortController().signal;
const CREDENTIALS = { clientId: 'service-abc', clientSecret: 'pa$$', version: 'process 1' };

it('gives out what the process was started with, under the version of the process', async () => {
  const source = createEnvironmentCredentials(CREDENTIALS);
  expect(await source.read(NEVER)).toEqual(CREDENTIALS);
  expect(await source.version(NEVER)).toBe('process 1');
});

it.each([
  { clientId: '' },
  { clientSecret: '' },
  { clientSecret: '  ' },
  { clientSecret: '...' },
  { clientId: 'service-…', clientSecret: '…' },
])('says at once what to set: %j', (missing) => {
  expect(() => createEnvironmentCredentials({ ...CREDENTIALS, ...missing })).toThrow(
    new CredentialsRefused('Set both ITWIN_CLIENT_ID and ITWIN_CLIENT_SECRET.', {
      why: 'NotFilledIn',
    }),
  );
});
