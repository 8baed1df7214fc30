import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../../functions/api/create-api.ts';
import type { ApiEvent, ApiPorts } from '../../../functions/api/http/route.ts';
import { apiEvent } from './support/api-event.ts';
import { ITWIN_API_URL, startTestApi, type TestApi } from './support/test-api.ts';

const ADMITTED = { clientIds: ['client'], subjects: [], organizations: [] };
const PROBLEM = { type: 'about:blank', title: 'Internal Server Error', status: 500 };

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** Lets a function of its own answer an event. */
async function answer(event: unknown, ports: Partial<ApiPorts>, admittedCallers?: typeof ADMITTED) {
  api.forget();
  const handler = createApi(
    { ...api.ports, ...ports },
    { admittedCallers, remindAfterMinutes: 0, apiUrl: ITWIN_API_URL },
  );
  const { statusCode, body = '' } = await handler(event as ApiEvent, {} as Context);
  return { statusCode, body: JSON.parse(body) };
}

describe('a fault of ours is a problem without details, and on record', () => {
  it.each([undefined, ADMITTED])('whatever invokes the function (%j)', async (admitted) => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (event) => {
        expect(await answer(event, {}, admitted)).toEqual({ statusCode: 500, body: PROBLEM });
        expect(api.logged).toContainEqual(expect.objectContaining({ message: 'A request failed' }));
      }),
      { examples: [[null], [{}], [{ requestContext: null }]] },
    );
  });

  it('whatever is thrown under a route', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const checkpoints = { ...api.ports.checkpoints, read: () => Promise.reject(thrown) };
        const failed = await answer(apiEvent('GET', '/health'), { checkpoints });
        expect(failed).toEqual({ statusCode: 500, body: PROBLEM });
      }),
      { examples: [[undefined], [null], [''], [{ statusCode: 200, message: 'secret' }]] },
    );
  });
});
