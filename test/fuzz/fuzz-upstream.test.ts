import { expect, it } from 'vitest';
import { fuzzUpstream } from './fuzz-upstream.ts';
import { createTally } from './tally.ts';

it('whatever upstream does, an endpoint makes of it what the monitor knows a rule for', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const tally = createTally();
  await fuzzUpstream({ runs: 3_000, seed }, tally);
  const kindsOf = (endpoint: string) => [...tally.row(endpoint).keys()].sort();
  expect(kindsOf('status'), `seed ${seed}`).toEqual([
    'ConnectionFailed',
    'Dropped',
    'Missing',
    'Pending',
    'RateLimited',
    'ServerError',
    'Status',
    'Unauthorized',
    'UnexpectedResponse',
    'UnexpectedStatus',
  ]);
  expect(kindsOf('logs'), `seed ${seed}`).toEqual(['Page', 'RateLimited', 'Unreadable']);
  expect(kindsOf('token'), `seed ${seed}`).toEqual([
    'CredentialsRefused',
    'Token',
    'TokenEndpointDown',
  ]);
});
