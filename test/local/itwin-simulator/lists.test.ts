import { describe, expect, test } from 'vitest';
import type { ListAnswer } from '../../../local/itwin-simulator/pages.ts';
import {
  ask,
  extractionsUrl,
  extractionUrl,
  historyUrl,
  IMODEL_ID,
  JOB_ID,
  pagesFrom,
  simulate,
  statusUrl,
} from './simulate.ts';

const START = Date.UTC(2024, 2, 5, 7, 8, 56);

/** A job id that says which run it is. */
const idOf = (index: number) => `${String(index).padStart(8, '0')}-31a3-45d3-bce0-5c9f3f112c03`;

/** An iModel with so many runs, one a second, and a list that answers so. */
async function listing(count: number, answer: ListAnswer = {}) {
  const simulator = await simulate({ now: () => START });
  simulator.addIModel({ id: IMODEL_ID, displayName: 'Harbour' });
  for (let index = 0; index < count; index += 1) {
    simulator.addRun({
      jobId: idOf(index),
      iModelId: IMODEL_ID,
      startedMsAgo: (count - index) * 1000,
      steps: [{ answer: { state: 'Running' } }],
    });
  }
  simulator.setList(IMODEL_ID, [{ answer }]);
  const pages = (most?: number) => pagesFrom(extractionsUrl(simulator), most);
  /** Numbers of the runs, page by page. */
  const numbers = async (most?: number) =>
    (await pages(most)).map(({ extractions }) =>
      extractions.map(({ id }) => Number.parseInt(String(id), 10)),
    );
  return { simulator, pages, numbers };
}

describe('the runs of an iModel', () => {
  test('are listed by Grouping and Mapping with their state and start', async () => {
    const { simulator, pages } = await listing(1);

    const href = extractionUrl(simulator, idOf(0));
    expect(await pages()).toEqual([
      {
        extractions: [
          {
            id: idOf(0),
            state: 'Running',
            startedOn: '2024-03-05T07:08:55+00:00',
            _links: { status: { href }, logs: { href: `${href}/logs` } },
          },
        ],
        _links: { self: { href: `${extractionsUrl(simulator)}&$top=100` } },
      },
    ]);
  });

  test.each(['', '/'])(
    'are listed by Reporting without a state, at a path with «%s»',
    async (slash) => {
      const { simulator } = await listing(2);

      const pages = await pagesFrom(`${historyUrl(simulator)}${slash}?$top=1`);

      expect(pages[0]).toEqual({
        extractions: [
          {
            jobId: idOf(1),
            startedOn: '2024-03-05T07:08:55+00:00',
            _links: { status: { href: statusUrl(simulator, idOf(1)) } },
          },
        ],
        _links: {
          next: { href: expect.stringMatching(/\/history\/\?\$top=1&\$continuationToken=[^&]+$/) },
          self: { href: `${historyUrl(simulator)}/?$top=1` },
        },
      });
      expect(pages.flatMap(({ extractions }) => extractions.map(({ jobId }) => jobId))).toEqual([
        idOf(1),
        idOf(0),
      ]);
    },
  );

  test('are none in both lists when it was never extracted', async () => {
    const { simulator, numbers } = await listing(0);

    expect(await numbers()).toEqual([[]]);
    expect(await pagesFrom(historyUrl(simulator))).toMatchObject([{ extractions: [] }]);
  });

  test('are none in both lists for a client that lacks the role', async () => {
    const { simulator, numbers } = await listing(3);
    simulator.addIModel({ id: IMODEL_ID, displayName: 'Harbour', lacksRole: true });

    expect(await numbers()).toEqual([[]]);
    expect(await pagesFrom(historyUrl(simulator))).toMatchObject([{ extractions: [] }]);
  });

  test('are those that the API knows, of that iModel, whose id may be in any case', async () => {
    const { simulator } = await listing(0);
    const steps = [{ answer: { state: 'Running' } }];
    const other = simulator.addIModel({ displayName: 'Other' });
    simulator.addRun({ iModelId: other, steps });
    simulator.addRun({ steps });
    simulator.addRun({ iModelId: IMODEL_ID, kinds: ['reporting-extraction'], steps });
    const iModelId = IMODEL_ID.toUpperCase();

    expect(await pagesFrom(extractionsUrl(simulator, iModelId))).toMatchObject([
      { extractions: [] },
    ]);
    expect(await pagesFrom(historyUrl(simulator, iModelId))).toMatchObject([{ extractions: [{}] }]);
  });

  test('are listed with the last word they had while they answer badly by id', async () => {
    const { simulator, pages } = await listing(0);
    const steps = [
      { answer: { state: 'Running' }, forRequests: 1 },
      { answer: { kind: 'error', status: 404 } as const },
    ];
    simulator.addRun({ jobId: JOB_ID, iModelId: IMODEL_ID, steps });
    await ask(extractionUrl(simulator));

    expect((await ask(extractionUrl(simulator))).status).toBe(404);
    expect(await pages()).toMatchObject([{ extractions: [{ id: JOB_ID, state: 'Running' }] }]);
  });

  test('are not found when nobody added the iModel, nor a run of it', async () => {
    const simulator = await simulate();

    for (const url of [extractionsUrl(simulator), historyUrl(simulator)]) {
      const response = await ask(url);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'iModelNotFound' } });
    }
    simulator.addRun({ iModelId: IMODEL_ID, scenario: 'succeeds' });
    expect(await pagesFrom(extractionsUrl(simulator))).toMatchObject([{ extractions: [{}] }]);
  });

  test.each(['&$top=0', '&$top=1001', '&$continuationToken=7', '&$continuationToken=x.y'])(
    'are refused with 422 for %s',
    async (query) => {
      const { simulator } = await listing(1);

      expect((await ask(`${extractionsUrl(simulator)}${query}`)).status).toBe(422);
      expect((await ask(`${historyUrl(simulator)}?${query}`)).status).toBe(422);
    },
  );

  test('are refused with 422 without an iModel, and with 401 without a token', async () => {
    const { simulator } = await listing(1);

    expect((await ask(extractionsUrl(simulator, ''))).status).toBe(422);
    expect((await fetch(extractionsUrl(simulator))).status).toBe(401);
  });
});

describe('a list', () => {
  test('is newest first, or oldest first, or shuffled, the same way for the same number', async () => {
    expect(await (await listing(5)).numbers()).toEqual([[4, 3, 2, 1, 0]]);
    const oldestFirst = await listing(5, { order: 'oldestFirst' });
    expect(await oldestFirst.numbers()).toEqual([[0, 1, 2, 3, 4]]);

    const shuffled = await (await listing(9, { order: 7 })).numbers();
    expect(shuffled[0]?.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual(await (await listing(9)).numbers());
    expect(shuffled).not.toEqual(await (await listing(9, { order: 8 })).numbers());
    expect(await (await listing(9, { order: 7 })).numbers()).toEqual(shuffled);
  });

  test('comes in pages of odd sizes, empty ones among them, none above $top', async () => {
    const { simulator, numbers } = await listing(6, { pageSizes: [1, 0, 3] });
    expect(await numbers()).toEqual([[5], [], [4, 3, 2], [1, 0]]);

    const pages = await pagesFrom(`${extractionsUrl(simulator)}&$top=2`);
    expect(pages.map(({ extractions }) => extractions.length)).toEqual([1, 0, 2, 2, 1]);
  });

  test('shows a run only a while after its start when that is told so', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    simulator.addIModel({ id: IMODEL_ID, displayName: 'Harbour' });
    const run = { jobId: JOB_ID, iModelId: IMODEL_ID, scenario: 'staysRunning' } as const;
    simulator.addRun({ ...run, listedAfterMs: 60_000 });

    expect((await ask(extractionUrl(simulator))).status).toBe(200);
    time += 59_999;
    expect(await pagesFrom(extractionsUrl(simulator))).toMatchObject([{ extractions: [] }]);
    time += 1;
    expect(await pagesFrom(extractionsUrl(simulator))).toMatchObject([{ extractions: [{}] }]);
  });

  test('can lack runs, tell an old state, and tell a run twice', async () => {
    const answer = {
      hidden: [idOf(1)],
      states: { [idOf(2)]: 'Queued' },
      repeated: { [idOf(0)]: 'Failed' },
    };
    const { pages } = await listing(3, answer);

    expect((await pages())[0]?.extractions.map(({ id, state }) => [id, state])).toEqual([
      [idOf(2), 'Queued'],
      [idOf(0), 'Running'],
      [idOf(0), 'Failed'],
    ]);
  });

  test('can be cut off, without a link to the rest', async () => {
    const { numbers } = await listing(6, { endsAfter: 3, pageSizes: [2] });

    expect(await numbers()).toEqual([[5, 4], [3]]);
  });

  test('can go round in a circle, or on for ever', async () => {
    const round = await listing(3, { pageSizes: [2], lastLink: 'first' });
    expect(await round.numbers(4)).toEqual([[2, 1], [0], [2, 1], [0]]);

    const endless = await listing(3, { pageSizes: [2], lastLink: 'endless' });
    expect(await endless.numbers(4)).toEqual([[2, 1], [0], [0], [0]]);
    const links = (await endless.pages(9)).map(({ _links }) => _links.next?.href);
    expect(new Set(links).size).toBe(9);
  });

  test('can lead anywhere', async () => {
    const { pages } = await listing(1, { lastLink: { href: 'https://example.com/steal' } });

    expect((await pages(1))[0]?._links.next?.href).toBe('https://example.com/steal');
  });

  test('can fail in the middle', async () => {
    const answer = { kind: 'error', status: 503 } as const;
    const { simulator, pages } = await listing(3, { pageSizes: [1], fails: { page: 2, answer } });

    const [first] = await pages(1);

    expect(first?.extractions).toHaveLength(1);
    expect((await ask(String(first?._links.next?.href))).status).toBe(503);
    expect((await ask(historyUrl(simulator))).status).toBe(200);
  });

  test('can have items that lack fields, or have them of another type', async () => {
    const { pages } = await listing(1, { put: { state: 7 }, omit: ['startedOn', '_links'] });

    expect((await pages())[0]?.extractions).toEqual([{ id: idOf(0), state: 7 }]);
  });

  test.each<[ListAnswer, number]>([
    [{ kind: 'error', status: 404 }, 404],
    [{ kind: 'error', status: 403 }, 403],
    [{ kind: 'error', status: 403, form: 'gateway', retryAfter: 60 }, 403],
    [{ kind: 'error', status: 502, form: 'html' }, 502],
    [{ kind: 'tooManyRequests', retryAfter: 7 }, 429],
    [{ kind: 'brokenJson' }, 200],
    [{ kind: 'wrongShape' }, 200],
    [{ kind: 'raw', status: 200, body: { extractions: { '0': 'x' } } }, 200],
    [{ kind: 'hugeBody', bytes: 2_000_000, delayMs: 5 }, 200],
  ])('can be no list while its runs answer by id: %o', async (answer, status) => {
    const { simulator } = await listing(1, answer);

    const response = await ask(extractionsUrl(simulator));

    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain(idOf(0));
    expect((await ask(extractionUrl(simulator, idOf(0)))).status).toBe(200);
  });

  test('follows its steps by the clock and by requests, and is as ever without any', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    simulator.addIModel({ id: IMODEL_ID, displayName: 'Harbour' });
    simulator.setList(IMODEL_ID, [
      { answer: { kind: 'error', status: 503 }, forMs: 1_000 },
      { answer: { kind: 'error', status: 404 }, forRequests: 2 },
      { answer: {} },
    ]);
    const statuses: number[] = [];
    const request = async () => statuses.push((await ask(extractionsUrl(simulator))).status);

    await request();
    time += 1_000;
    await request();
    await request();
    await request();
    simulator.setList(IMODEL_ID, [{ answer: { kind: 'error', status: 403 } }]);
    await request();
    simulator.setList(IMODEL_ID, []);
    await request();

    expect(statuses).toEqual([503, 404, 404, 200, 403, 200]);
  });
});

test('a bad override and the rate limit hold for lists, and the journal tells of them', async () => {
  const { simulator } = await listing(1);
  simulator.requests.clear();

  simulator.override({ kind: 'error', status: 500 });
  expect((await ask(historyUrl(simulator))).status).toBe(500);
  simulator.override({ state: 'Running' });
  expect((await ask(historyUrl(simulator))).status).toBe(200);
  simulator.override(undefined);
  simulator.limitRate(0);
  expect((await ask(extractionsUrl(simulator))).status).toBe(429);

  const { pathname, search } = new URL(extractionsUrl(simulator));
  expect(simulator.requests.list('list')).toMatchObject([
    { iModelId: IMODEL_ID },
    { iModelId: IMODEL_ID },
    { iModelId: IMODEL_ID, path: pathname + search },
  ]);
});
