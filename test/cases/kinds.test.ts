import { describe, expect, it } from 'vitest';
import { KIND_OF_SOURCE } from '../../functions/core/imodels/found-runs.ts';
import { LIST_SOURCES } from '../../functions/core/imodels/imodel.ts';
import {
  type JobRef,
  KIND_NAMES,
  type KindName,
  statusUrl,
} from '../../functions/core/kinds/kinds.ts';
import { MINUTE } from '../../functions/core/time.ts';
import { type ItwinSimulator, startItwinSimulator } from '../../local/itwin-simulator/server.ts';
import { deploy } from './support/deployment.ts';

const CONNECTION = 'Qm9nd0a1ZXk3cUR4bFJzVHVWd1h5WjAxMjM0NTY3ODk';
const SECRET = 'a-secret-that-nobody-is-told';

/** A word with which upstream ends a run, and what somebody is told of it. */
type End = readonly [word: string, state: string, reason: string | null];

/** What makes a kind: an id, more of its path, its words, and secrets that its bodies may have. */
interface Case {
  readonly kind: KindName;
  readonly more?: Pick<JobRef, 'connectionId' | 'connectionType'>;
  readonly idOf: (i: number) => string;
  readonly pending: string;
  readonly ends: readonly End[];
  readonly secrets: Readonly<Record<string, unknown>>;
}

const twelve = (i: number) => String(i).padStart(12, '0');
const uuid = (i: number) => `40f71ed2-31a3-45d3-bce0-${twelve(i)}`;
const WHY = 'Something is missing.';
/** The errors of a synchronization and of its task, without the query of the link in it. */
const WHY_RUN = 'Something is missing (FileNotFound). No file at https://x.y/z.';
const LINK = `https://x.y/z?sig=${SECRET}`;

const SYNCHRONIZATION: Omit<Case, 'more'> = {
  kind: 'synchronization-run',
  idOf: (i) => `5f3c0a9d2e7b41c6885d9e0f1a2b${twelve(i)}`,
  pending: 'Executing',
  ends: [
    ['Success', 'Succeeded', null],
    ['PartialSuccess', 'PartiallySucceeded', WHY_RUN],
    ['Error', 'Failed', WHY_RUN],
    ['Cancelled', 'Aborted', `Cancelled. ${WHY_RUN}`],
    ['Skipped', 'Aborted', `Skipped. ${WHY_RUN}`],
    ['TimedOut', 'Aborted', `TimedOut. ${WHY_RUN}`],
  ],
  secrets: {
    jobs: [
      { tasks: [{ error: { message: `No file at ${LINK}`, sas: SECRET }, storageFileId: SECRET }] },
    ],
  },
};

const CASES: readonly Case[] = [
  { ...SYNCHRONIZATION, more: { connectionId: CONNECTION, connectionType: 'storage' } },
  { ...SYNCHRONIZATION, more: { connectionId: CONNECTION, connectionType: 'manifest' } },
  {
    kind: 'carbon-ec3',
    idOf: uuid,
    pending: 'Running',
    ends: [
      ['Succeeded', 'Succeeded', WHY],
      ['Failed', 'Failed', WHY],
    ],
    secrets: { _links: { ec3Project: { href: LINK } }, ec3BearerToken: SECRET },
  },
  {
    kind: 'carbon-one-click-lca',
    idOf: (i) => `${uuid(i)}_${uuid(i + 1)}`,
    pending: 'Running',
    ends: [
      ['Succeeded', 'Succeeded', WHY],
      ['Failed', 'Failed', WHY],
    ],
    secrets: { fileToken: SECRET, _links: { report: { href: LINK } } },
  },
];

it('a case is there of each kind that no iModel lists', () => {
  const listed = LIST_SOURCES.map((source) => KIND_OF_SOURCE[source]);
  expect(new Set([...listed, ...CASES.map(({ kind }) => kind)])).toEqual(new Set(KIND_NAMES));
});

function begin(simulator: ItwinSimulator, job: JobRef, pending: string, [word]: End, put = {}) {
  const { jobId, kind = 'reporting-extraction', connectionId, connectionType } = job;
  simulator.addRun({
    jobId,
    kinds: [kind],
    ...(connectionId && {
      connection: { id: connectionId, type: connectionType as 'storage' | 'manifest' },
    }),
    steps: [
      { answer: { state: pending }, forRequests: 1 },
      { answer: { state: word, reason: WHY, put } },
    ],
  });
}

async function start() {
  const simulator = await startItwinSimulator({ now: () => Date.now() });
  const { url, tokenUrl, clientId, clientSecret } = simulator;
  const deployment = await deploy({
    ITWIN_API_URL: url,
    ITWIN_TOKEN_URL: tokenUrl,
    ITWIN_CLIENT_ID: clientId,
    ITWIN_CLIENT_SECRET: clientSecret,
  });
  return {
    simulator,
    ...deployment,
    async [Symbol.asyncDispose]() {
      await deployment[Symbol.asyncDispose]();
      await simulator.close();
    },
  };
}

describe.each(CASES)(
  '$kind $more.connectionType',
  ({ kind, more, idOf, pending, ends, ...rest }) => {
    it('is registered by its link, and told in every way in which it ends, with no secret', async () => {
      await using world = await start();
      const { simulator, request, sweep, pass } = world;
      const jobs = ends.map((end, i) => ({ job: { kind, jobId: idOf(i), ...more }, end }));
      for (const { job, end } of jobs) {
        begin(simulator, job, pending, end, rest.secrets);
        const statusUrlOfJob = statusUrl(job, new URL(simulator.url));
        const answer = await request('POST', '/jobs', { statusUrl: statusUrlOfJob });
        expect(answer).toMatchObject({ status: 201, body: { ...job, state: 'Registered' } });
        expect((await request('POST', '/jobs', { ...job })).status).toBe(200);
        const other = kind === 'carbon-ec3' ? 'reporting-extraction' : 'carbon-ec3';
        const asOther = await request('POST', '/jobs', { kind: other, jobId: job.jobId });
        expect(asOther).toMatchObject({
          status: 409,
          body: { detail: expect.stringContaining(kind) },
        });
      }
      pass(MINUTE);
      await sweep();
      for (const { job } of jobs) {
        expect((await request('GET', `/jobs/${job.jobId}`)).body).toMatchObject({ state: pending });
      }
      pass(MINUTE);
      await sweep();

      const told = (await world.alerts()) as unknown as Record<string, unknown>[];
      for (const { job, end } of jobs) {
        const [, state, reason] = end;
        const alert = told.find(({ jobId }) => jobId === job.jobId);
        const { kind: jobKind, ...named } = job;
        expect(alert).toMatchObject({ ...named, jobKind, state });
        expect(alert?.reason ?? null).toEqual(reason);
        const { body } = await request('GET', `/jobs/${job.jobId}`);
        expect(JSON.stringify([body, told])).not.toContain(SECRET);
      }
      const listed = await request('GET', `/jobs?kind=${kind}`);
      expect((listed.body.jobs as unknown[]).length).toBe(ends.length);
    });
  },
);
