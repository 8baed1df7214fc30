import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UPSTREAM_ENDS } from '../../../../functions/core/jobs/states.ts';
import {
  type JobRef,
  jobOfLink,
  KIND_NAMES,
  type KindName,
  kindOf,
  parseAnyId,
  parseId,
  statusUrl,
  withUsual,
  wrongParts,
} from '../../../../functions/core/kinds/kinds.ts';
import { parseStatus } from '../../../../functions/core/kinds/run-body.ts';
import { statusReply } from '../../../../local/itwin-simulator/kinds.ts';
import { bodyOf } from '../../../simulation/stand-ins/upstream.ts';

const API = new URL('https://api.bentley.com');
const UUID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const OTHER_UUID = '81b1a2c0-7c39-4e07-9a55-0f1d1f6d3f02';
const HEX = '5f3c0a9d2e7b41c6885d9e0f1a2b3c4d5e6f7081';
const CONNECTION = 'Qm9nd0a1ZXk3cUR4bFJzVHVWd1h5WjAxMjM0NTY3ODk';

/** A job of each kind, in each way that there is. */
const JOBS: readonly JobRef[] = [
  { kind: 'reporting-extraction', jobId: UUID },
  { kind: 'reporting-extraction', jobId: `${'a'.repeat(25)}-${'b7'.repeat(15)}c` },
  { kind: 'grouping-and-mapping-extraction', jobId: UUID },
  ...['storage', 'manifest'].map((connectionType) => ({
    kind: 'synchronization-run' as const,
    jobId: HEX,
    connectionId: CONNECTION,
    connectionType,
  })),
  {
    kind: 'synchronization-run',
    jobId: UUID,
    connectionId: CONNECTION,
    connectionType: 'storage',
  },
  { kind: 'carbon-ec3', jobId: 'Any_Thing-that_names-1' },
  { kind: 'carbon-ec3', jobId: UUID },
  { kind: 'carbon-one-click-lca', jobId: `${UUID}_${OTHER_UUID}` },
];

it('there is a job of every kind in this test', () => {
  expect(new Set(JOBS.map(({ kind }) => kind))).toEqual(new Set(KIND_NAMES));
});

describe('the link to a status', () => {
  it.each(JOBS)('says which job it is of: $kind $jobId $connectionType', (job) => {
    const link = statusUrl(job, API);
    expect(wrongParts(job)).toEqual([]);
    for (const spelling of [link, `${link}/`]) expect(jobOfLink(spelling, API)).toEqual(job);
    expect(jobOfLink(link.replace('https://api', 'https://evil'), API)).toBeUndefined();
    for (const more of ['?x=1', '#x', '/logs']) {
      expect(jobOfLink(`${link}${more}`, API)).toBeUndefined();
    }
    for (const who of ['user@', ':password@', 'user:password@']) {
      expect(jobOfLink(link.replace('://', `://${who}`), API)).toBeUndefined();
    }
    expect(jobOfLink(link.replace('https', 'http'), API)).toEqual(job);
    expect(jobOfLink(link.replace('https', 'ftp'), API)).toBeUndefined();
    expect(jobOfLink(link.replace('.com/', '.com/x/../'), API)).toBeUndefined();
    expect(jobOfLink(`to ${link}`, API)).toBeUndefined();
  });

  it('may be spelled as upstream spells it elsewhere', () => {
    const link = `${API.origin}/synchronization/imodels/storageconnections/${CONNECTION}/runs/${UUID.toUpperCase()}`;
    const job = { kind: 'synchronization-run', jobId: UUID, connectionId: CONNECTION };
    expect(jobOfLink(link, API)).toEqual({ ...job, connectionType: 'storage' });
  });

  it.each([
    `/synchronization/imodels/otherConnections/${CONNECTION}/runs/${HEX}`,
    `/synchronization/imodels/storageConnections/x/runs/${HEX}`,
    `/synchronization/imodels/storageConnections/${CONNECTION}/runs/${HEX}0`,
    `/synchronization/imodels/storageConnections/${CONNECTION}/runs`,
    `/insights/carbon-calculation/oneclicklca/jobs/${UUID}`,
    '/insights/carbon-calculation/ec3/jobs/short',
  ])('is of no job otherwise: %s', (path) => {
    expect(jobOfLink(`${API.origin}${path}`, API)).toBeUndefined();
  });

  it('leads to the API, and nowhere else, whatever somebody says about a job', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(UUID, HEX, CONNECTION, 'storage', '../..', '$1', '%2e', 'a/b'),
    );
    const mostly = (...forms: readonly string[]) =>
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...forms) }, { weight: 1, arbitrary: text });
    const fields = {
      connectionId: mostly(CONNECTION),
      connectionType: mostly('storage', 'manifest'),
    };
    const anyJob = fc.record(
      { kind: fc.constantFrom(...KIND_NAMES), jobId: mostly(UUID, HEX), ...fields },
      { requiredKeys: ['kind', 'jobId'] },
    );
    fc.assert(
      fc.property(anyJob, (job) => {
        if (wrongParts(job).length > 0) return;
        const url = new URL(statusUrl(job, API));
        expect(url.href).toBe(statusUrl(job, API));
        expect(jobOfLink(url.href, API)).toEqual(job);
      }),
    );
  });
});

describe('what a job is named by', () => {
  const partsOf = (job: JobRef) => wrongParts(withUsual(job)).map(({ name }) => name);
  const run = { kind: 'synchronization-run' as const, jobId: HEX };

  it('is a connection too, if it is a synchronization', () => {
    expect(partsOf({ ...run, connectionId: CONNECTION })).toEqual([]);
    expect(partsOf({ ...run, connectionId: CONNECTION, connectionType: 'manifest' })).toEqual([]);
    expect(partsOf(run)).toEqual(['connectionId']);
    for (const more of ['/', '/..', '%2e', '?', '#', ' ', '\n']) {
      for (const connectionId of [`${CONNECTION}${more}`, `${more}${CONNECTION}`]) {
        expect(partsOf({ ...run, connectionId })).toEqual(['connectionId']);
      }
      for (const connectionType of [`storage${more}`, `${more}storage`]) {
        expect(partsOf({ ...run, connectionId: CONNECTION, connectionType })).toEqual([
          'connectionType',
        ]);
      }
    }
    expect(partsOf({ ...run, connectionId: CONNECTION, connectionType: 'Manifest' })).toEqual([
      'connectionType',
    ]);
  });

  it('is told in words where it is not so', () => {
    const detailsOf = (job: JobRef) => wrongParts(job).map(({ detail }) => detail);
    const mustBe = (kind: string) =>
      `must be of the form that ids of ${kind} have; of another kind, name that`;
    expect(detailsOf({ jobId: HEX })).toEqual([mustBe('reporting-extraction')]);
    expect(detailsOf({ kind: 'carbon-ec3', jobId: 'short' })).toEqual([mustBe('carbon-ec3')]);
    const leftOut = 'must be left out: jobs of this kind have none';
    expect(detailsOf({ jobId: UUID, connectionId: CONNECTION })).toEqual([leftOut]);
    const bare = ['must be the id of a connection', 'must be storage or manifest'];
    expect(detailsOf(run)).toEqual(bare);
  });

  it.each(KIND_NAMES.filter((kind) => kind !== run.kind))('is no connection: %s', (kind) => {
    const { jobId } = JOBS.find((job) => job.kind === kind) ?? run;
    expect(partsOf({ kind, jobId, connectionId: CONNECTION, connectionType: 'storage' })).toEqual([
      'connectionId',
      'connectionType',
    ]);
  });

  it('is an id of its own kind', () => {
    const kindsOf = (id: string) => KIND_NAMES.filter((kind) => parseId(kindOf({ kind }), id));
    const opaque: KindName = 'carbon-ec3';
    expect(kindsOf(UUID)).not.toContain('carbon-one-click-lca');
    expect(kindsOf(HEX)).toEqual(['synchronization-run', opaque]);
    expect(kindsOf(`${UUID}_${OTHER_UUID}`)).toEqual([opaque, 'carbon-one-click-lca']);
    expect(kindsOf('x'.repeat(76))).toEqual([]);
  });

  it('is a UUID, or two of them, in lower case, and any other id as it is', () => {
    expect(parseAnyId(`${UUID}_${OTHER_UUID}`.toUpperCase())).toBe(`${UUID}_${OTHER_UUID}`);
    expect(parseAnyId('Any_Thing-that_names-1')).toBe('Any_Thing-that_names-1');
  });
});

it.each(KIND_NAMES)('has an API, words for its ends and texts of its own: %s', (name) => {
  const { texts, states, statusPaths } = kindOf({ kind: name });
  expect(Object.values(states.ends)).toEqual(expect.arrayContaining(['Succeeded', 'Failed']));
  for (const text of Object.values(texts)) expect(text.trim()).toBe(text);
  expect(texts.success).toMatch(/^[A-Z].*\.$/);
  expect(statusPaths[0]).toMatch(/^(\/[\w{}-]+)*\/\{id\}$/);
});

it('each kind is of its API, and is looked up where people look', () => {
  const kinds = KIND_NAMES.map((kind) => kindOf({ kind }));
  expect(kinds.map(({ api, texts }) => [api, texts.history])).toEqual([
    ['reporting', 'the extraction history of its iModel'],
    ['grouping-and-mapping', 'the extraction history of its iModel'],
    ['synchronization', 'the list of runs of its connection'],
    ['carbon', 'EC3'],
    ['carbon', 'One Click LCA'],
  ]);
});

describe.each(KIND_NAMES)('a run of kind %s', (kind) => {
  const { states } = kindOf({ kind });
  const ends = UPSTREAM_ENDS.filter((end) => Object.values(states.ends).includes(end));
  const seenIn = (body: string) => parseStatus(kindOf({ kind }), body, API);

  it.each(ends)('ends as %s in the simulation', (state) => {
    expect(seenIn(bodyOf(state, kind))).toMatchObject({ kind: 'Status', state });
  });

  it.each(['Succeeded', 'Failed'])('ends as %s at the simulator', (state) => {
    const run = { jobId: UUID, startedAt: Date.UTC(2026, 1, 1) };
    const { body } = statusReply(kind, run, { state }, API.origin);
    expect(seenIn(String(body))).toMatchObject({ kind: 'Status', state });
  });
});
