import { expect, it } from 'vitest';
import { routesOf } from '../../functions/api/create-api.ts';
import type { ApiPorts } from '../../functions/api/http/route.ts';
import { ITWIN_API_URL } from '../functions/api/support/test-api.ts';
import { fuzzApi } from './fuzz-api.ts';
import { ROUTES } from './requests.ts';
import { createTally } from './tally.ts';

it('no request is answered with a 5xx or without a reason, and what is refused leaves no trace', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  await fuzzApi({ runs: 1_000, seed }, createTally());
});

it('every route takes some of the requests that are made for it, and refuses some', async () => {
  const tally = createTally();
  await fuzzApi({ runs: 1_000, seed: 1 }, tally);
  for (const route of ROUTES) {
    const statuses = [...tally.row(route).keys()].map(Number);
    expect(Math.min(...statuses), route).toBeLessThan(300);
    expect(Math.max(...statuses), route).toBeGreaterThanOrEqual(400);
  }
});

it('every route there is gets such requests', () => {
  const routes = routesOf({} as ApiPorts, { remindAfterMinutes: 0, apiUrl: ITWIN_API_URL });
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...ROUTES].sort());
});
