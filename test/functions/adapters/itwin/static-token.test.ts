import { expect, it } from 'vitest';
import { createStaticToken } from '../../../../functions/adapters/itwin/access-tokens.ts';
import { CredentialsRefused } from '../../../../functions/core/errors.ts';

const NEVER = new AbortController().signal;

it('gives out the same token for ever', async () => {
  const tokens = createStaticToken('eyJhbGciOi.J9.x-_', 'process 1');
  expect(await tokens.current(NEVER)).toBe('eyJhbGciOi.J9.x-_');
  expect(await tokens.renew(NEVER)).toBe('eyJhbGciOi.J9.x-_');
  expect(await tokens.credentialsVersion(NEVER)).toBe('process 1');
});

it.each(['', 'Bearer abc', 'abc\n', 'a\u0000b', 'tökén'])(
  'is not made of what is no token, and does not tell it: %j',
  (text) => {
    expect(() => createStaticToken(text, 'v')).toThrow(
      new CredentialsRefused(
        'ITWIN_ACCESS_TOKEN is no access token: set it to the token alone, without "Bearer" or spaces.',
        { why: 'NotFilledIn' },
      ),
    );
  },
);
