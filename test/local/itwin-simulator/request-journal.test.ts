import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createRequestJournal } from '../../../local/itwin-simulator/request-journal.ts';
import { ACCESS_TOKEN, ask, JOB_ID, simulate, statusUrl } from './simulate.ts';

test('the journal tells who asked what and when, but no credentials', async () => {
  let time = 5_000;
  const simulator = await simulate({ now: () => time });

  await fetch(statusUrl(simulator), {
    headers: {
      accept: 'application/vnd.bentley.itwin-platform.v1+json',
      'user-agent': 'a-client/1.0',
      authorization: `Bearer ${ACCESS_TOKEN}`,
      cookie: 'not=of-interest',
    },
  });
  time = 65_000;
  await ask(`${statusUrl(simulator)}/logs?$top=5`);
  await fetch(simulator.tokenUrl, { method: 'POST' });
  await ask(`${simulator.url}/simulator`);

  const path = new URL(statusUrl(simulator)).pathname;
  expect(simulator.requests.list()).toEqual([
    {
      endpoint: 'status',
      jobId: JOB_ID,
      method: 'GET',
      path,
      headers: {
        accept: 'application/vnd.bentley.itwin-platform.v1+json',
        'user-agent': 'a-client/1.0',
        authorization: 'Bearer',
      },
      at: 5_000,
    },
    expect.objectContaining({ endpoint: 'logs', path: `${path}/logs?$top=5`, at: 65_000 }),
    expect.objectContaining({ endpoint: 'token', method: 'POST', path: '/connect/token' }),
  ]);
  expect(simulator.requests.list('status')).toHaveLength(1);
});

test('the journal also holds requests that were refused or never answered', async () => {
  const simulator = await simulate();

  await fetch(statusUrl(simulator));
  simulator.override({ kind: 'reset' });
  await expect(ask(statusUrl(simulator))).rejects.toThrow();

  expect(simulator.requests.list('status')).toHaveLength(2);
});

test('the journal can be cleared', async () => {
  const simulator = await simulate();
  await ask(statusUrl(simulator));

  simulator.requests.clear();

  expect(simulator.requests.list()).toEqual([]);
});

test('the journal keeps the last 10,000 requests', () => {
  let time = 0;
  const journal = createRequestJournal(() => time);
  const request = { method: 'GET', url: '/', headers: {} } as IncomingMessage;

  for (time = 1; time <= 10_005; time += 1) {
    journal.record(request, 'status', { jobId: JOB_ID });
  }

  expect(journal.list()).toHaveLength(10_000);
  expect(journal.list()[0]?.at).toBe(6);
  expect(journal.list().at(-1)?.at).toBe(10_005);
});
