import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { type KindName, statusUrl } from '../../../../functions/core/kinds/kinds.ts';
import { ITWIN_API_URL, startTestApi, type TestApi } from '../support/test-api.ts';

const MAPPING = 'grouping-and-mapping-extraction';
const REPORTING = 'reporting-extraction';
/** The form of the id in the sample of a started run. */
const WORDS_ID = 'abcdefghijklmnopqrstuvwxy-abcdefghijklmnopqrstuvwxyz23456';

let api: TestApi;
let jobId: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => {
  jobId = randomUUID();
  api.forget();
});

const register = (body: object) => api.request('POST', '/jobs', { body });

function link(kind: KindName, id: string): string {
  return statusUrl({ kind, jobId: id }, ITWIN_API_URL);
}

describe('a registration of a kind', () => {
  it('is a Reporting extraction unless it says otherwise, and on record without a word of it', async () => {
    expect(await register({ jobId })).toMatchObject({ status: 201, body: { kind: REPORTING } });
    expect(await api.ports.jobs.get(jobId)).not.toHaveProperty('kind');
    expect((await register({ jobId, kind: REPORTING })).status).toBe(200);
  });

  it('keeps its kind, in every answer', async () => {
    const { status, body } = await register({ kind: MAPPING, jobId: jobId.toUpperCase() });
    expect({ status, body }).toMatchObject({ status: 201, body: { jobId, kind: MAPPING } });
    expect(await api.ports.jobs.get(jobId)).toMatchObject({ kind: MAPPING });
    const known = await api.request('GET', `/jobs/${jobId.toUpperCase()}`);
    expect(known.body).toMatchObject({ kind: MAPPING, iModelId: null, startedAt: null });
    expect((await api.request('DELETE', `/jobs/${jobId}`)).body).toMatchObject({ kind: MAPPING });
    expect(await register({ kind: MAPPING, jobId })).toMatchObject({
      status: 201,
      body: { kind: MAPPING, state: 'Registered' },
    });
  });

  it('takes an id that is no UUID as it is, and finds it again', async () => {
    expect((await register({ jobId: WORDS_ID })).body.jobId).toBe(WORDS_ID);
    expect((await api.request('GET', `/jobs/${WORDS_ID}`)).status).toBe(200);
    expect((await register({ jobId: WORDS_ID.toUpperCase() })).status).toBe(400);
  });

  it.each([REPORTING, MAPPING] as const)('takes a status link: %s', async (kind) => {
    const answer = await register({ statusUrl: link(kind, jobId.toUpperCase()), label: 'Tower' });
    expect(answer).toMatchObject({ status: 201, body: { jobId, kind, label: 'Tower' } });
  });

  it('takes the link of an older path', async () => {
    const path = `/insights/reporting/datasources/imodels/${randomUUID()}/extraction/status/${jobId}`;
    const { body } = await register({ statusUrl: `${ITWIN_API_URL.origin}${path}/` });
    expect(body).toMatchObject({ jobId, kind: REPORTING });
  });

  it('takes links of the host that the settings name, and of no other', async () => {
    const own = await startTestApi({ apiUrl: new URL('http://127.0.0.1:4010') });
    const statusUrlOn = (origin: string) => statusUrl({ jobId }, new URL(origin));
    const statusOf = async (url: string) =>
      (await own.request('POST', '/jobs', { body: { statusUrl: url } })).status;
    expect(await statusOf(statusUrlOn('https://api.bentley.com'))).toBe(400);
    expect(await statusOf(statusUrlOn('http://127.0.0.1:4010'))).toBe(201);
    await own.close();
  });
});

describe('an id that is on record under another kind', () => {
  it('is a conflict that names that kind, and nothing is written', async () => {
    const { body } = await register({ kind: MAPPING, jobId });
    for (const request of [{ jobId }, { statusUrl: link(REPORTING, jobId) }]) {
      api.forget();
      const answer = await register(request);
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toContain(`on record as ${MAPPING}`);
      expect(api.counted).toEqual([]);
    }
    expect((await api.request('GET', `/jobs/${jobId}`)).body.version).toBe(body.version);
  });

  it('is one too when the monitor had ended a job that upstream knew by its kind', async () => {
    await register({ jobId });
    const { jobs } = api.ports;
    const job = await jobs.get(jobId);
    const seen = job && applyChange(job, { kind: 'Transition', to: 'Running' }, job.registeredAt);
    expect(job && seen && (await jobs.update(job, seen))).toBe(true);
    await api.request('DELETE', `/jobs/${jobId}`);
    expect((await register({ kind: MAPPING, jobId })).status).toBe(409);
    expect((await api.request('GET', `/jobs/${jobId}`)).body.state).toBe('Cancelled');
  });

  it('is reopened as the other when no answer ever bore the first out: somebody had named it wrongly', async () => {
    const run = { kind: 'synchronization-run', jobId, connectionId: randomUUID() };
    for (const named of [run, { kind: MAPPING, jobId }, run, { jobId }]) {
      const { status, body } = await register(named);
      const { connectionId = null, kind = REPORTING } = named as Partial<typeof run>;
      expect({ status, body }).toMatchObject({ status: 201, body: { kind, connectionId } });
      await api.request('DELETE', `/jobs/${jobId}`);
    }
    const job = await api.ports.jobs.get(jobId);
    expect(Object.keys(job ?? {})).not.toEqual(expect.arrayContaining(['kind']));
  });

  it('is one within a batch', async () => {
    const statusUrl = link(MAPPING, jobId);
    const jobs = [{ jobId }, { statusUrl }, { kind: 'carbon', jobId }, { jobId }];
    const { status, body } = await api.request('POST', '/jobs/batch', { body: { jobs } });
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { status: 201, job: { jobId, kind: REPORTING } },
      { status: 409, problem: { detail: expect.stringContaining(REPORTING) } },
      { status: 400, problem: { errors: [{ pointer: '/jobs/2/kind' }] } },
      { status: 200 },
    ]);
  });
});

describe('the list of jobs', () => {
  it('tells the kind of each, and lists those of one kind', async () => {
    const other = randomUUID();
    await register({ kind: MAPPING, jobId });
    await register({ jobId: other });
    const listed = async (kind: string) => {
      const { body } = await api.request('GET', '/jobs', { query: `kind=${kind}&limit=100` });
      return body.jobs as { jobId: string; kind: string }[];
    };
    expect(await listed(MAPPING)).toContainEqual(expect.objectContaining({ jobId, kind: MAPPING }));
    const ids = (await listed(REPORTING)).map((each) => each.jobId);
    expect([ids.includes(other), ids.includes(jobId)]).toEqual([true, false]);
  });

  it('refuses a kind that there is not', async () => {
    const answer = await api.request('GET', '/jobs', { query: 'kind=carbon' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ parameter: 'kind' }] } });
  });
});
