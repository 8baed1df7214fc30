import { describe, expect, test } from 'vitest';
import { DEMONSTRATION_IMODEL } from '../../../local/itwin-simulator/scenarios.ts';
import {
  ask,
  extractionsUrl,
  extractionUrl,
  IMODEL_ID,
  JOB_ID,
  pagesFrom,
  simulate,
} from './simulate.ts';

const START = Date.UTC(2024, 2, 5, 7, 8, 56);
const MAPPINGS = '/grouping-and-mapping/datasources/imodel-mappings';
const MAPPING_ID = '5c2a1f7e-3b64-4d0e-8f0b-9a61c7d2e814';
const GROUP_ID = '81d6a3f0-7c5e-4b92-a4f8-d3097b1e6c25';

const HARBOUR = {
  id: IMODEL_ID,
  displayName: 'Harbour',
  mappings: [
    {
      id: MAPPING_ID,
      mappingName: 'Structure',
      groups: [{ id: GROUP_ID, groupName: 'LoadBearingWalls' }],
    },
  ],
};

const PATHS = [
  `/imodels/${IMODEL_ID}`,
  `${MAPPINGS}/${MAPPING_ID}`,
  `${MAPPINGS}/${MAPPING_ID}/groups/${GROUP_ID}`,
] as const;

describe('names', () => {
  test('of an iModel are told by version 2 of its API', async () => {
    const simulator = await simulate();
    simulator.addIModel(HARBOUR);

    const response = await ask(simulator.url + PATHS[0]);

    expect(response.headers.get('x-itwinplatform-media-type')).toBe('bentley.itwin-platform.v2');
    expect(await response.json()).toMatchObject({
      iModel: { id: IMODEL_ID, displayName: 'Harbour', name: 'Harbour' },
    });
  });

  test('of a mapping and of a group are told with what belongs to them, for ids in any case', async () => {
    const simulator = await simulate();
    simulator.addIModel(HARBOUR);
    const iModel = { href: `${simulator.url}/imodels/${IMODEL_ID}` };
    const mapping = { href: `${simulator.url}${MAPPINGS}/${MAPPING_ID}` };

    const asked = (path: string) => ask(simulator.url + path);
    expect(await (await asked(PATHS[1])).json()).toMatchObject({
      mapping: {
        id: MAPPING_ID,
        mappingName: 'Structure',
        extractionEnabled: true,
        _links: { iModel },
      },
    });
    const group = await asked(PATHS[2].replace(GROUP_ID, GROUP_ID.toUpperCase()));
    expect(await group.json()).toMatchObject({
      group: {
        id: GROUP_ID,
        groupName: 'LoadBearingWalls',
        query: expect.any(String),
        metadata: [],
        _links: { iModel, mapping },
      },
    });
  });

  test('of what nobody added are not found', async () => {
    const simulator = await simulate();

    const codes = [];
    for (const path of PATHS) {
      const response = await ask(simulator.url + path);
      expect(response.status).toBe(404);
      codes.push(((await response.json()) as { error: { code: string } }).error.code);
    }

    expect(codes).toEqual(['iModelNotFound', 'MappingNotFound', 'GroupNotFound']);
  });

  test.each([
    [{ lacksRole: true }, 403],
    [{ names: { kind: 'error', status: 503 } as const }, 503],
  ])('can be refused: %o', async (how, status) => {
    const simulator = await simulate();
    simulator.addIModel({ ...HARBOUR, ...how });

    for (const path of PATHS) expect((await ask(simulator.url + path)).status).toBe(status);
  });

  test('need a token, and requests for them are in the journal', async () => {
    const simulator = await simulate();
    simulator.addIModel(HARBOUR);

    for (const path of PATHS) expect((await fetch(simulator.url + path)).status).toBe(401);

    expect(simulator.requests.list().map(({ endpoint }) => endpoint)).toEqual([
      'imodel',
      'mapping',
      'group',
    ]);
  });
});

describe('an automatic run', () => {
  test('begins by itself at its time, and again and again, whenever somebody looks', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    const run = { scenario: 'succeeds' } as const;
    simulator.addIModel({ ...HARBOUR, automaticRuns: [{ afterMs: 5_000, everyMs: 60_000, run }] });
    const listed = async () => {
      const [page] = await pagesFrom(extractionsUrl(simulator));
      return page?.extractions.map(({ state, startedOn }) => [state, startedOn]);
    };

    expect(await listed()).toEqual([]);
    time += 5_000;
    expect(await listed()).toEqual([['Queued', '2024-03-05T07:09:01+00:00']]);
    time += 130_000;
    expect(await listed()).toEqual([
      ['Running', '2024-03-05T07:11:01+00:00'],
      ['Succeeded', '2024-03-05T07:10:01+00:00'],
      ['Succeeded', '2024-03-05T07:09:01+00:00'],
    ]);
  });

  test('can have an id and a script of its own, and begins once unless told otherwise', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    const run = { jobId: JOB_ID, steps: [{ answer: { state: 'Failed' } }], listedAfterMs: 90_000 };
    simulator.addIModel({ ...HARBOUR, automaticRuns: [{ afterMs: 0, run }] });

    expect((await ask(extractionUrl(simulator))).status).toBe(200);
    expect(await pagesFrom(extractionsUrl(simulator))).toMatchObject([{ extractions: [] }]);
    time += 86_400_000;
    expect(await pagesFrom(extractionsUrl(simulator))).toMatchObject([
      { extractions: [{ id: JOB_ID }] },
    ]);
  });

  test('is seen in the overview of the control routes too', async () => {
    let time = START;
    const simulator = await simulate({ now: () => time });
    const run = { scenario: 'succeeds' } as const;
    simulator.addIModel({ ...HARBOUR, automaticRuns: [{ afterMs: 1_000, run }] });
    time += 1_000;

    expect(await (await fetch(`${simulator.url}/simulator`)).json()).toMatchObject({
      iModels: [{ displayName: 'Harbour' }],
      runs: [{ iModelId: IMODEL_ID, startedAt: time, answer: { state: 'Queued' } }],
    });
  });
});

test('in the demonstration a run begins by itself, fails, and names a mapping and a group that have names', async () => {
  let time = START;
  const simulator = await simulate({ now: () => time });
  const iModelId = simulator.addIModel(DEMONSTRATION_IMODEL);
  const list = async () => (await pagesFrom(extractionsUrl(simulator, iModelId)))[0]?.extractions;

  expect(await list()).toEqual([]);
  time += 5_000;
  expect(await list()).toMatchObject([{ state: 'Queued' }]);
  time += 15_000;
  const [failed = {}] = (await list()) ?? [];
  const { id } = failed;
  expect(failed).toMatchObject({ state: 'Failed', startedOn: '2024-03-05T07:09:01+00:00' });

  const logs = await ask(`${extractionUrl(simulator, String(id))}/logs`);
  const [, mappingId, groupId] =
    /MappingId: ([\da-f-]{36}), GroupId: ([\da-f-]{36})\./.exec(await logs.text()) ?? [];
  const mapping = await ask(`${simulator.url}${MAPPINGS}/${mappingId}`);
  const group = await ask(`${simulator.url}${MAPPINGS}/${mappingId}/groups/${groupId}`);
  expect(await mapping.json()).toMatchObject({ mapping: { mappingName: 'Structure' } });
  expect(await group.json()).toMatchObject({ group: { groupName: 'LoadBearingWalls' } });
});
