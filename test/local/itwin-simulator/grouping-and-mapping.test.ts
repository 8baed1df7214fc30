import { describe, expect, test } from 'vitest';
import { ask, extractionUrl, IMODEL_ID, JOB_ID, simulate, stateOf, statusUrl } from './simulate.ts';

const START = Date.UTC(2024, 2, 5, 7, 8, 56, 789);

const bodyOf = async (url: string) => await (await ask(url)).json();

describe('the status of an extraction', () => {
  test.each(['Queued', 'Running', 'Succeeded', 'PartiallySucceeded', 'Failed'])(
    'is the documented body when it is %s, without reason, issues or end',
    async (state) => {
      const simulator = await simulate({ now: () => START });
      const answer = { state, reason: 'Nobody reads this.', containsIssues: true };
      simulator.addRun({ jobId: JOB_ID, steps: [{ answer }] });

      const response = await ask(extractionUrl(simulator));

      expect(response.status).toBe(200);
      const href = extractionUrl(simulator);
      expect(await response.json()).toEqual({
        extraction: {
          id: JOB_ID,
          state,
          startedOn: '2024-03-05T07:08:56+00:00',
          _links: { status: { href }, logs: { href: `${href}/logs` } },
        },
      });
    },
  );

  test('can lack its fields, or have them of another type', async () => {
    const simulator = await simulate({ now: () => START });
    simulator.setRun(JOB_ID, { state: 'Failed', put: { startedOn: 7 }, omit: ['_links'] });

    expect(await bodyOf(extractionUrl(simulator))).toEqual({
      extraction: { id: JOB_ID, state: 'Failed', startedOn: 7 },
    });
  });

  test('is not found with a code of its own', async () => {
    const simulator = await simulate();

    const response = await ask(extractionUrl(simulator));

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'ExtractionNotFound' } });
  });

  test('counts as a request that a step lasts for, as that of Reporting does', async () => {
    const simulator = await simulate();
    const steps = [
      { answer: { state: 'Running' }, forRequests: 2 },
      { answer: { state: 'Succeeded' } },
    ];
    simulator.addRun({ jobId: JOB_ID, steps });

    await ask(extractionUrl(simulator));

    expect(await stateOf(simulator)).toBe('Running');
    expect(await bodyOf(extractionUrl(simulator))).toMatchObject({
      extraction: { state: 'Succeeded' },
    });
  });

  test('can be as bad as any', async () => {
    const simulator = await simulate();
    const bad = [
      { kind: 'wrongShape' },
      { kind: 'error', status: 503 },
      { kind: 'hugeBody', bytes: 100_000 },
    ] as const;

    const seen = [];
    for (const answer of bad) {
      simulator.setRun(JOB_ID, answer);
      seen.push(await (await ask(extractionUrl(simulator))).text());
    }

    expect(seen[0]).not.toContain('"extraction"');
    expect(seen[1]).toContain('ServiceUnavailable');
    expect(seen[2]).toMatch(/^\{"extraction":/);
  });
});

describe('a run', () => {
  test('is known to the APIs that its script names', async () => {
    const simulator = await simulate();
    const answer = { state: 'Running' };
    const reporting = simulator.addRun({ kinds: ['reporting-extraction'], steps: [{ answer }] });
    const mapping = simulator.addRun({
      kinds: ['grouping-and-mapping-extraction'],
      steps: [{ answer }],
    });

    const statuses = [];
    for (const url of [statusUrl, extractionUrl]) {
      statuses.push((await ask(url(simulator, reporting))).status);
      statuses.push((await ask(url(simulator, mapping))).status);
    }

    expect(statuses).toEqual([200, 404, 404, 200]);
  });

  test('that began before it was added has come as far by its script', async () => {
    const simulator = await simulate({ now: () => START });
    simulator.addRun({ jobId: JOB_ID, scenario: 'succeeds', startedMsAgo: 60_000 });

    expect(await bodyOf(extractionUrl(simulator))).toMatchObject({
      extraction: { state: 'Succeeded', startedOn: '2024-03-05T07:07:56+00:00' },
    });
  });

  test('keeps its start and its iModel when its answer is changed', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    simulator.addRun({ jobId: JOB_ID, iModelId: IMODEL_ID, scenario: 'staysRunning' });
    time += 60_000;

    simulator.setRun(JOB_ID, { state: 'Failed', logs: [{}] });

    expect(await bodyOf(extractionUrl(simulator))).toMatchObject({
      extraction: { state: 'Failed', startedOn: '2024-03-05T07:08:56+00:00' },
    });
    expect(await bodyOf(`${extractionUrl(simulator)}/logs`)).toMatchObject({
      logs: [{ dateTime: '2024-03-05T07:09:56+00:00', contextId: IMODEL_ID }],
    });
  });

  test('can have an id that is no UUID, whose case matters', async () => {
    const simulator = await simulate();
    const jobId = 'jg0156461l5abeom8v1mslhlkC-cmar9d9hjof2hu4tidj4rmiur5i6crul';
    simulator.addRun({ jobId, steps: [{ answer: { state: 'Running' } }] });

    expect(await stateOf(simulator, jobId)).toBe('Running');
    expect((await ask(statusUrl(simulator, jobId.toLowerCase()))).status).toBe(404);
  });
});

describe('the logs of an extraction', () => {
  const logs = [
    { level: 'Warning', category: 'GroupQuery', message: 'first', containsIssues: true },
    { message: 'second', reason: 'x' },
    { message: 'third' },
  ];

  test('come newest first, in links without a slash before their query', async () => {
    const simulator = await simulate({ now: () => START });
    simulator.addRun({
      jobId: JOB_ID,
      iModelId: IMODEL_ID,
      steps: [{ answer: { state: 'Failed', logs } }],
    });
    const url = `${extractionUrl(simulator)}/logs`;

    const first = await bodyOf(`${url}?$top=2`);
    const second = await bodyOf(`${url}?$top=2&$continuationToken=2`);

    const rest = {
      state: 'Failed',
      dateTime: '2024-03-05T07:08:56+00:00',
      contextType: 'IModel',
      contextId: IMODEL_ID,
    };
    const plain = { level: 'Information', category: 'Unknown' };
    expect(first).toEqual({
      logs: [
        { ...rest, ...plain, message: 'third' },
        { ...rest, ...plain, message: 'second' },
      ],
      _links: {
        next: { href: `${url}?$top=2&$continuationToken=2` },
        self: { href: `${url}?$top=2` },
      },
    });
    expect(second).toMatchObject({
      logs: [{ ...rest, level: 'Warning', category: 'GroupQuery', message: 'first' }],
    });
  });

  test('can be paged strangely, with links of the form that the script says', async () => {
    const simulator = await simulate();
    const pages = [[{ message: 'one' }], [{ message: 'two' }]];
    const state = 'Failed';
    const url = `${extractionUrl(simulator)}/logs`;
    simulator.setRun(JOB_ID, { state, logs: { kind: 'pagedLogs', pages } });
    expect(JSON.stringify(await bodyOf(url))).toContain('/logs?');

    simulator.setRun(JOB_ID, { state, logs: { kind: 'pagedLogs', pages, links: 'slash' } });
    expect(JSON.stringify(await bodyOf(url))).toContain('/logs/?');
  });

  test('are refused with codes of their own', async () => {
    const simulator = await simulate();
    const url = `${extractionUrl(simulator)}/logs`;

    expect(await bodyOf(url)).toMatchObject({ error: { code: 'ExtractionNotFound' } });
    simulator.setRun(JOB_ID, { state: 'Running' });
    expect(await bodyOf(`${url}?$top=0`)).toMatchObject({
      error: { code: 'InvalidGroupingAndMappingRequest' },
    });
  });
});

test('an override of a state tells every extraction so, one that nobody added too', async () => {
  const simulator = await simulate({ now: () => START });

  simulator.override({ state: 'Running' });

  expect(await bodyOf(extractionUrl(simulator))).toMatchObject({
    extraction: { id: JOB_ID, state: 'Running', startedOn: '2024-03-05T07:08:56+00:00' },
  });
});
