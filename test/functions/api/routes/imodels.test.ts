import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ListTrouble, newIModel } from '../../../../functions/core/imodels/imodel.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import type { IModelStore } from '../../../../functions/core/ports.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { DAY, HOUR } from '../../../../functions/core/time.ts';
import { refused } from '../support/refused.ts';
import { type Answer, startTestApi, type TestApi } from '../support/test-api.ts';

const ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const PATH = `/imodels/${ID}`;
const NEW = {
  iModelId: ID,
  label: null,
  source: 'grouping-and-mapping',
  timeoutMinutes: 1_440,
  remindAfterMinutes: null,
  unusuallyLong: true,
  since: '2026-02-10T12:00:00.000Z',
  watchedBy: 'anonymous',
  lastRunStartedAt: null,
  isUnordered: false,
  trouble: null,
};

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const put = (body: unknown, path = PATH): Promise<Answer> => api.request('PUT', path, { body });
const status = async (method: string, path = PATH) => (await api.request(method, path)).status;

describe('PUT /imodels/{iModelId}', () => {
  it('watches an iModel from now on', async () => {
    const answer = await put({});
    expect(answer).toMatchObject({ status: 201, headers: { Location: PATH } });
    expect(answer.body).toEqual({ ...NEW, watchedBy: expect.any(String) });
    expect((await api.request('GET', PATH)).body).toEqual(answer.body);
  });

  it('takes all that can be set', async () => {
    const settings = {
      label: 'Harbour',
      source: 'reporting',
      timeoutMinutes: 720,
      remindAfterMinutes: 120,
      unusuallyLong: false,
    };
    expect(await put(settings)).toMatchObject({ status: 201, body: settings });
  });

  it('takes the id in any case, for one and the same iModel', async () => {
    const answer = await put({}, PATH.toUpperCase().replace('/IMODELS', '/imodels'));
    expect(answer).toMatchObject({ status: 201, body: { iModelId: ID } });
    expect((await put({})).status).toBe(200);
  });

  it('reminds as is usual, where the settings say nothing and it is not too late', async () => {
    const remindful = await startTestApi({ remindAfterMinutes: 60 });
    const reminder = async (body: object) =>
      (await remindful.request('PUT', PATH, { body })).body.remindAfterMinutes;
    expect(await reminder({})).toBe(60);
    expect(await reminder({ remindAfterMinutes: null })).toBeNull();
    expect(await reminder({ timeoutMinutes: 60 })).toBeNull();
    await remindful.close();
  });

  it('writes nothing when it is repeated', async () => {
    const first = await put({ label: 'Harbour' });
    api.clock.now += HOUR;
    api.forget();
    expect(await put({ label: 'Harbour' })).toMatchObject({ status: 200, body: first.body });
    expect(api.commands).toEqual(['GetItemCommand']);
  });

  it('changes the settings of a watch, which goes on', async () => {
    await put({ label: 'Harbour', timeoutMinutes: 60, remindAfterMinutes: 30 });
    await seen({ newestAt: api.clock.now, known: { run: api.clock.now } });
    api.clock.now += HOUR;
    expect(await put({ timeoutMinutes: 120 })).toMatchObject({
      status: 200,
      body: {
        ...NEW,
        watchedBy: expect.any(String),
        timeoutMinutes: 120,
        lastRunStartedAt: NEW.since,
      },
    });
    expect(await api.ports.iModels.get(ID)).toMatchObject({ known: { run: expect.any(Number) } });
  });

  it('begins the watch anew with another source', async () => {
    await put({});
    await seen({
      newestAt: api.clock.now,
      known: { run: api.clock.now },
      trouble: { cause: 'NotFound', message: 'Gone.', since: api.clock.now },
    });
    api.clock.now += HOUR;
    const { status, body } = await put({ source: 'reporting' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      source: 'reporting',
      since: '2026-02-10T13:00:00.000Z',
      lastRunStartedAt: null,
      trouble: null,
    });
    expect(await api.ports.iModels.get(ID)).not.toHaveProperty('known');
  });
});

describe('a bad request', () => {
  it.each(['harbour', 'imodel%23x', `${ID}0`, '..'])('is one whose iModel id is %s', async (id) => {
    for (const method of ['PUT', 'GET', 'DELETE']) {
      const body = method === 'PUT' ? { body: {} } : {};
      const answer = await refused(api, method, `/imodels/${id}`, body);
      const errors = [{ parameter: 'iModelId', detail: 'must be a UUID' }];
      expect(answer).toMatchObject({ status: 400, body: { errors } });
    }
  });

  it.each([
    [[], ''],
    [null, ''],
    ['{', undefined],
    ['', undefined],
    [{ source: 'synchronization' }, '/source'],
    [{ source: null }, '/source'],
    [{ label: '' }, '/label'],
    [{ label: 'x\u0000' }, '/label'],
    [{ timeoutMinutes: 4 }, '/timeoutMinutes'],
    [{ timeoutMinutes: 10_081 }, '/timeoutMinutes'],
    [{ timeoutMinutes: '60' }, '/timeoutMinutes'],
    [{ remindAfterMinutes: 0 }, '/remindAfterMinutes'],
    [{ remindAfterMinutes: 1_440 }, '/remindAfterMinutes'],
    [{ since: '2020-01-01T00:00:00Z' }, '/since'],
    [{ iModelId: ID }, '/iModelId'],
  ])('is one whose body is %j, of which it names %j', async (body, pointer) => {
    const answer = await refused(api, 'PUT', PATH, { body });
    expect(answer.status).toBe(400);
    if (pointer !== undefined) expect(answer.body.errors).toMatchObject([{ pointer }]);
  });

  it('is one whose body is no JSON by its type, or a method that is not there', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await refused(api, 'PUT', PATH, { body: {}, headers })).status).toBe(415);
    const answer = await refused(api, 'POST', PATH, { body: {} });
    expect(answer).toMatchObject({ status: 405, headers: { Allow: 'PUT, GET, DELETE' } });
  });
});

describe('GET /imodels', () => {
  it('is empty while nothing is watched', async () => {
    const answer = await api.request('GET', '/imodels');
    expect(answer).toMatchObject({ status: 200, body: { iModels: [] } });
  });

  it('tells of all, by id, as each by itself', async () => {
    const { body } = await put({ label: 'Harbour' });
    const other = await put({}, '/imodels/00000000-4e7a-4d15-9c68-1f5a7e20d843');
    const list = await api.request('GET', '/imodels');
    expect(list.body).toEqual({ iModels: [other.body, body] });
  });

  it('tells why runs cannot be found, and that the list has no order', async () => {
    await put({});
    const trouble = {
      cause: 'AccessDenied',
      message: 'Not allowed.',
      since: api.clock.now,
    } as const;
    await seen({ newestAt: api.clock.now, isUnordered: true, trouble });
    const told = {
      lastRunStartedAt: NEW.since,
      isUnordered: true,
      trouble: { ...trouble, since: NEW.since },
    };
    expect((await api.request('GET', '/imodels')).body).toMatchObject({ iModels: [told] });
    expect((await api.request('GET', PATH)).body).toMatchObject(told);
  });

  it('tells of a trouble that a later version left, which was rolled back', async () => {
    await put({});
    const trouble = { cause: 'OfLater', message: 'It is something new.', since: api.clock.now };
    await seen({ newestAt: api.clock.now, trouble: trouble as unknown as ListTrouble });
    const { action } = CAUSES.ListUnreadable;
    const told = { trouble: { cause: 'Unreadable', message: trouble.message, action } };
    expect((await api.request('GET', '/imodels')).body).toMatchObject({ iModels: [told] });
    expect((await api.request('GET', PATH)).body).toMatchObject(told);
    const { body } = await api.request('GET', '/health');
    expect(body).toMatchObject({ iModels: { troubled: 1, troubles: [told.trouble] } });
  });

  it('tells that for a day no list has shown a run', async () => {
    await put({});
    const trouble = async () => (await api.request('GET', PATH)).body.trouble;
    api.clock.now += DAY - 1;
    expect(await trouble()).toBeNull();
    api.clock.now += 1;
    expect(await trouble()).toMatchObject({ cause: 'NoRuns', since: '2026-02-11T12:00:00.000Z' });
    await seen({ newestAt: api.clock.now });
    expect(await trouble()).toBeNull();
  });
});

describe('DELETE /imodels/{iModelId}', () => {
  it('ends the watch, and its jobs go on', async () => {
    await put({});
    const { now } = api.clock;
    const jobId = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
    const registered = { registeredAt: now, registeredBy: 'test', timeoutAt: now + DAY };
    await api.ports.jobs.add(newJob({ jobId, iModelId: ID, ...registered }));
    expect(await api.request('DELETE', PATH)).toMatchObject({
      status: 204,
      headers: { 'Cache-Control': 'no-store' },
      body: {},
    });
    expect(await status('GET')).toBe(404);
    expect((await api.request('GET', '/imodels')).body).toEqual({ iModels: [] });
    expect((await api.request('GET', `/jobs/${jobId}`)).body).toMatchObject({
      state: 'Registered',
    });
  });

  it('is a 409 for one that the deployment has watched, which stays', async () => {
    const declaring = await startTestApi({ iModels: [ID] });
    await declaring.request('PUT', PATH, { body: {} });
    const answer = await declaring.request(
      'DELETE',
      PATH.toUpperCase().replace('/IMODELS', '/imodels'),
    );
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('take it out of its settings') },
    });
    expect((await declaring.request('PUT', PATH, { body: { label: 'Harbour' } })).status).toBe(200);
    expect((await declaring.request('GET', PATH)).status).toBe(200);
    await declaring.close();
  });

  it('is a 404 for one that is not watched, or not any more', async () => {
    expect(await status('DELETE')).toBe(404);
    await put({});
    expect(await status('DELETE')).toBe(204);
    expect(await status('DELETE')).toBe(404);
  });

  it('lets an iModel be watched again, from now on', async () => {
    await put({});
    await status('DELETE');
    api.clock.now += HOUR;
    const again = await put({});
    expect(again).toMatchObject({ status: 201, body: { since: '2026-02-10T13:00:00.000Z' } });
  });
});

describe('requests at the same time', () => {
  it('watch an iModel once, whoever of them is first', async () => {
    const labels = ['A', 'B', 'C', 'D'];
    const answers = await Promise.all(labels.map((label) => put({ label })));
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 201, 409].includes(status))).toBe(true);
    const { body } = await api.request('GET', PATH);
    expect(labels).toContain(body.label);
  });

  it('leave it watched or not, as one of them says, and never half', async () => {
    await put({ label: 'before' });
    const [changed, deleted] = await Promise.all([put({ label: 'after' }), status('DELETE')]);
    expect(deleted).toBe(204);
    expect([200, 201]).toContain(changed.status);
    const after = await api.request('GET', PATH);
    expect([200, 404]).toContain(after.status);
    if (after.status === 200) expect(after.body).toMatchObject({ label: 'after' });
  });

  it('change what a sweep has written meanwhile, and keep what it has found', async () => {
    await put({});
    const { iModels } = api.ports;
    const swept: IModelStore = {
      ...iModels,
      async get(iModelId) {
        const iModel = await iModels.get(iModelId);
        if (iModel?.version === 1) await seen({ newestAt: api.clock.now });
        return iModel;
      },
    };
    const ports = { iModels: swept };
    const changed = await api.request('PUT', PATH, { body: { label: 'Harbour' }, ports });
    expect(changed).toMatchObject({
      status: 200,
      body: { label: 'Harbour', lastRunStartedAt: NEW.since },
    });
  });

  it('delete what a sweep has written meanwhile', async () => {
    await put({});
    const { iModels } = api.ports;
    const swept: IModelStore = {
      ...iModels,
      async remove(iModel) {
        if (iModel.version === 1) await seen({ newestAt: api.clock.now });
        return iModels.remove(iModel);
      },
    };
    expect((await api.request('DELETE', PATH, { ports: { iModels: swept } })).status).toBe(204);
    expect(await iModels.get(ID)).toBeUndefined();
  });

  it('are told so when others change the iModel again and again', async () => {
    await put({});
    const contended: IModelStore = {
      ...api.ports.iModels,
      update: async () => false,
      remove: async () => false,
    };
    const ports = { iModels: contended };
    const changed = await api.request('PUT', PATH, { body: { label: 'B' }, ports });
    const deleted = await api.request('DELETE', PATH, { ports });
    expect([changed.status, deleted.status]).toEqual([409, 409]);
  });
});

describe('the most iModels', () => {
  const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

  beforeEach(async () => {
    const { iModels } = api.ports;
    const settings = {
      source: 'grouping-and-mapping',
      timeoutMinutes: 60,
      watchedBy: 'test',
    } as const;
    const all = Array.from({ length: 499 }, (_, n) =>
      iModels.add(newIModel({ iModelId: idOf(n), ...settings }, api.clock.now)),
    );
    await Promise.all(all);
  });

  it('are 500: one more is refused and leaves no trace, and those that are there can be changed', async () => {
    expect((await put({}, `/imodels/${idOf(500)}`)).status).toBe(201);
    api.forget();
    expect(await put({})).toMatchObject({ status: 409, body: { detail: /^There are 500 / } });
    expect(api.commands).not.toContain('PutItemCommand');
    expect(await status('GET')).toBe(404);
    expect((await put({ label: 'changed' }, `/imodels/${idOf(7)}`)).status).toBe(200);
    await status('DELETE', `/imodels/${idOf(7)}`);
    expect((await put({})).status).toBe(201);
  });

  it('are not exceeded by requests at the same time: those take themselves back', async () => {
    const ids = Array.from({ length: 6 }, (_, n) => idOf(600 + n));
    const answers = await Promise.all(ids.map((id) => put({}, `/imodels/${id}`)));
    const iModels = await api.ports.iModels.list();
    expect(iModels.length).toBeLessThanOrEqual(500);
    for (const [i, { status }] of answers.entries()) {
      expect([201, 409]).toContain(status);
      expect(iModels.some(({ iModelId }) => iModelId === ids[i])).toBe(status === 201);
    }
  });
});

/** Has a sweep write what a listing showed. */
async function seen(facts: object): Promise<void> {
  const { iModels } = api.ports;
  const before = await iModels.get(ID);
  if (!before) throw new Error('Not watched.');
  const after = { ...before, ...facts, version: before.version + 1 };
  expect(await iModels.update(before, after)).toBe(true);
}
