import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAskedFor } from '../../../../functions/core/alerts/listeners.ts';
import { addSubscribers, confirmLast, listed, subscribe } from '../support/subscriptions.ts';
import { type Answer, startTestApi, type TestApi } from '../support/test-api.ts';

/** How often the requests race each other. `RACES=1000` is the long trial. */
const RACES = Number(process.env.RACES ?? 20);

const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const TEAM = { protocol: 'email', endpoint: 'team@example.com' };

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const end = ({ body }: Answer) => api.request('DELETE', `/subscriptions/${body.subscriptionId}`);

/** Two who subscribe a receiver and one who ends that, all at once. */
async function race(receiver: object, known: Answer): Promise<readonly number[]> {
  const answers = await Promise.all([
    subscribe(api, { ...receiver, states: ['Failed'] }),
    subscribe(api, { ...receiver, states: ['TimedOut'] }),
    end(known),
  ]);
  return answers.map(({ status }) => status);
}

it(`end ${RACES} times in no fault, and with somebody subscribed who is on record, or nobody`, async () => {
  const known = await subscribe(api, ON_CALL);
  const seen: Record<string, number> = {};
  for (let i = 0; i < RACES; i += 1) {
    if (i % 2 === 1) await end(known);
    for (const status of await race(ON_CALL, known)) seen[status] = (seen[status] ?? 0) + 1;

    const onRecord = (await api.ports.subscriptions.list()).filter(isAskedFor);
    const atTopic = (await api.ports.subscribers.list()).filter(
      ({ protocol }) => protocol === 'sms',
    );
    expect(onRecord.map(({ held }) => held)).toEqual(onRecord.map(() => undefined));
    expect(atTopic.map(({ arn }) => arn)).toEqual(onRecord.map(({ arn }) => arn));
    await api.publish({ state: 'Failed' });
    const [alert] = await api.sns.alerts();
    const isTold = onRecord.some(({ filter }) => filter.states?.includes('Failed') ?? true);
    expect(alert?.deliveredTo).toEqual(isTold ? [`sms:${ON_CALL.endpoint}`] : []);
  }
  console.log(`statuses of ${RACES} races: ${JSON.stringify(seen)}`);
  expect(Object.keys(seen).filter((status) => !['200', '201', '404'].includes(status))).toEqual([]);
}, 600_000);

it('leave no address confirmed that is on no record, nor mail it more than once', async () => {
  const known = await subscribe(api, TEAM);
  for (let i = 0; i < 5; i += 1) await race(TEAM, known);
  expect(api.mails).toHaveLength(1);
  await confirmLast(api);
  await race(TEAM, known);
  const confirmed = (await listed(api)).filter(({ confirmation }) => confirmation === 'Confirmed');
  expect(confirmed.filter(({ origin }) => origin !== 'Api')).toEqual([]);
}, 60_000);

it('keep to a hundred, and let in as many as there is room for', async () => {
  const endpoint = (i: number) => `+3706000${1_000 + i}`;
  const subscriber = (i: number) => ({ ...ON_CALL, endpoint: endpoint(i) });
  await addSubscribers(
    api,
    Array.from({ length: 95 }, (_, i) => endpoint(i)),
  );
  const more = Array.from({ length: 12 }, (_, i) => subscribe(api, subscriber(95 + i)));
  const answers = await Promise.all(more);
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);

  const onRecord = await listed(api);
  expect(onRecord).toHaveLength(95 + statuses.filter((status) => status === 201).length);
  expect(onRecord.filter(({ origin }) => origin !== 'Api')).toEqual([]);
  expect(onRecord.length).toBeLessThanOrEqual(100);
  for (let i = onRecord.length; i < 100; i += 1) {
    expect((await subscribe(api, subscriber(200 + i))).status).toBe(201);
  }
  expect((await subscribe(api, subscriber(300))).status).toBe(409);
}, 60_000);
