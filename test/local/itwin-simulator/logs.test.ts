import { expect, test } from 'vitest';
import type { StatusAnswer } from '../../../local/itwin-simulator/script.ts';
import { ask, JOB_ID, simulate, stateOf, statusUrl } from './simulate.ts';

type Page = {
  logs: { message: string | null }[];
  _links: { next?: { href: string }; self: { href: string } };
};

const page = async (url: string) => (await (await ask(url)).json()) as Page;

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ message: `entry ${index}` }));

test('an entry carries what the script says and the documented rest', async () => {
  const simulator = await simulate({ now: () => Date.UTC(2024, 4, 17, 9) });
  simulator.setRun(JOB_ID, {
    state: 'Failed',
    reason: 'Broken group',
    containsIssues: true,
    logs: [{ level: 'Error', category: 'GroupQuery', message: 'No such class.' }, {}],
  });

  const { logs } = await page(`${statusUrl(simulator)}/logs`);

  const rest = {
    state: 'Failed',
    reason: 'Broken group',
    dateTime: '2024-05-17T09:00:00.0000000+00:00',
    jobId: JOB_ID,
    contextType: 'IModel',
    contextId: expect.any(String),
    containsIssues: true,
  };
  expect(logs).toEqual([
    { ...rest, level: 'Error', category: 'GroupQuery', message: 'No such class.' },
    { ...rest, level: 'Information', category: 'Unknown', message: null },
  ]);
});

test.each([
  [4, [2, 2]],
  [5, [2, 2, 1]],
])('following the next links gives each of %i entries once, in order', async (count, pages) => {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, { state: 'Failed', logs: messages(count) });

  const seen: (string | null)[] = [];
  const sizes: number[] = [];
  let next: string | undefined = `${statusUrl(simulator)}/logs?$top=2`;
  while (next !== undefined) {
    const { logs, _links }: Page = await page(next);
    seen.push(...logs.map(({ message }) => message));
    sizes.push(logs.length);
    next = _links.next?.href;
  }

  expect(seen).toEqual(messages(count).map(({ message }) => message));
  expect(sizes).toEqual(pages);
});

test('links have a slash before their query, and the job id in another case', async () => {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, { state: 'Failed', logs: messages(2) });

  const { _links } = await page(`${statusUrl(simulator)}/logs?$top=1`);

  const logs = `${statusUrl(simulator, JOB_ID.toUpperCase())}/logs/`;
  expect(_links).toEqual({
    next: { href: `${logs}?$top=1&$continuationToken=1` },
    self: { href: `${logs}?$top=1` },
  });
});

test.each([
  ['slash', JOB_ID.toUpperCase(), '/logs/'],
  ['plain', JOB_ID, '/logs'],
] as const)(
  'pages can be as short as the script says, with links of the form %s',
  async (links, jobId, path) => {
    const simulator = await simulate();
    const pages = [messages(1), messages(2)];
    simulator.setRun(JOB_ID, { state: 'Failed', logs: { kind: 'pagedLogs', pages, links } });

    const first = await page(`${statusUrl(simulator)}/logs?$top=1000`);
    const next = String(first._links.next?.href);
    const second = await page(next);

    expect(next).toBe(`${statusUrl(simulator, jobId)}${path}?$top=1000&$continuationToken=1`);
    expect([first, second].map(({ logs }) => logs.length)).toEqual([1, 2]);
    expect(second._links.next).toBeUndefined();
    expect((await ask(next.replace(/1$/, '2'))).status).toBe(422);
  },
);

test('a run without entries has one empty page', async () => {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, { state: 'Running' });

  const { logs, _links } = await page(`${statusUrl(simulator)}/logs/`);

  expect(logs).toEqual([]);
  expect(_links.next).toBeUndefined();
  expect(await page(_links.self.href)).toEqual({ logs, _links });
});

test('pages can go on for ever, each with the same entries and a link to a new one', async () => {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, { state: 'Failed', logs: { kind: 'endlessLogs', logs: messages(2) } });

  const links = new Set<string>();
  let next: string | undefined = `${statusUrl(simulator)}/logs?$top=2`;
  for (let count = 0; count < 4; count += 1) {
    const { logs, _links }: Page = await page(String(next));
    expect(logs).toHaveLength(2);
    next = _links.next?.href;
    links.add(String(next));
  }

  expect(links.size).toBe(4);
});

test('a link to the next page can lead anywhere', async () => {
  const simulator = await simulate();
  const logs = { kind: 'strayLogs', logs: messages(1), next: 'https://example.com/' } as const;
  simulator.setRun(JOB_ID, { state: 'Failed', logs });

  const { logs: entries, _links } = await page(`${statusUrl(simulator)}/logs`);

  expect(entries).toHaveLength(1);
  expect(_links.next?.href).toBe('https://example.com/');
});

test.each<[NonNullable<StatusAnswer['logs']>, number]>([
  [{ kind: 'error', status: 503 }, 503],
  [{ kind: 'tooManyRequests', retryAfter: 7 }, 429],
  [{ kind: 'endlessLogs', logs: [], delayMs: 20 }, 200],
])('logs can misbehave while the status does not: %o', async (logs, status) => {
  const simulator = await simulate();
  simulator.setRun(JOB_ID, { state: 'Failed', logs });

  expect(await stateOf(simulator)).toBe('Failed');
  expect((await ask(`${statusUrl(simulator)}/logs`)).status).toBe(status);
});

test.each(['$top=0', '$top=1001', '$top=many', '$continuationToken=9', '$continuationToken=x'])(
  'a page is refused with 422 for %s',
  async (query) => {
    const simulator = await simulate();
    simulator.setRun(JOB_ID, { state: 'Failed', logs: messages(2) });

    const response = await ask(`${statusUrl(simulator)}/logs?${query}`);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: { code: 'InvalidInsightsRequest', details: [{ code: 'InvalidParameter' }] },
    });
  },
);

test('a page is refused with 401 without a token, and with a 404 of its own for an unknown run', async () => {
  const simulator = await simulate();

  const anonymous = await fetch(`${statusUrl(simulator)}/logs`);
  const unknown = await ask(`${statusUrl(simulator)}/logs`);

  expect(anonymous.status).toBe(401);
  expect(await anonymous.json()).toMatchObject({ error: { code: 'HeaderNotFound' } });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({
    error: {
      code: 'ExtractionLogNotFound',
      message: 'Requested ExtractionLog is not available.',
      target: 'jobId',
    },
  });
});
