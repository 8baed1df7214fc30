import { describe, expect, it } from 'vitest';
import {
  AlertRefused,
  CredentialsRefused,
  DroppedConnection,
  isTokenFault,
  SubscriptionRefused,
  TokenEndpointDown,
  TooManySubscribers,
} from '../../../functions/core/errors.ts';
import type { CheckErrorName } from '../../../functions/core/jobs/observation.ts';
import { isUnanswered } from '../../../functions/core/sweeps/faults.ts';

describe('an error', () => {
  it.each([
    ['CredentialsRefused', new CredentialsRefused(), true],
    ['TokenEndpointDown', new TokenEndpointDown(), true],
    ['DroppedConnection', new DroppedConnection(), false],
    ['AlertRefused', new AlertRefused(), false],
    ['SubscriptionRefused', new SubscriptionRefused(), false],
    ['TooManySubscribers', new TooManySubscribers(), false],
    ['Error', new Error(), false],
  ])('%s is known by its name in logs; the token is at fault: %3$s', (name, error, isFault) => {
    expect(error.name).toBe(name);
    expect(isTokenFault(error)).toBe(isFault);
  });
});

it.each([
  [undefined, 'Refused'],
  ['NotFilledIn', 'NotFilledIn'],
  ['Unreadable', 'Unreadable'],
] as const)('refused credentials say why: %s is %s', (given, told) => {
  const options = given === undefined ? {} : { why: given };
  expect(new CredentialsRefused('Change them.', options)).toMatchObject({
    message: 'Change them.',
    why: told,
  });
});

describe('a check that went wrong', () => {
  it.each<[CheckErrorName, boolean]>([
    ['ServerError', true],
    ['Timeout', true],
    ['ConnectionFailed', true],
    ['UnexpectedResponse', false],
    ['UnexpectedStatus', false],
    ['Unauthorized', false],
    ['UpstreamFault', false],
  ])('with %s got no answer: %s', (name, answer) => {
    expect(isUnanswered({ name, message: '' })).toBe(answer);
  });
});
