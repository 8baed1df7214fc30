import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import published from '../../../../docs/openapi.json' with { type: 'json' };
import {
  type IModel,
  newIModel,
  type WatchedIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { CAUSES } from '../../../../functions/core/sweeps/causes.ts';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { startTestApi, type TestApi } from '../support/test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.forget());

function healthWith(facts: Partial<Checkpoint>) {
  const checkpoint = { ...firstCheckpoint(api.clock.now, 60), ...facts };
  const checkpoints = { ...api.ports.checkpoints, read: async () => checkpoint };
  return api.request('GET', '/health', { ports: { checkpoints } });
}

describe('GET /health', () => {
  it('is a 503 that says so before the first sweep', async () => {
    const answer = await api.request('GET', '/health');
    expect(answer).toMatchObject({ status: 503, headers: { 'Content-Type': 'application/json' } });
    expect(answer.body).toEqual({
      status: 'Failing',
      lastSweepAt: null,
      lastPassCompletedAt: null,
      lagSeconds: null,
      pause: null,
      outage: null,
      troubles: [],
      pending: 0,
      pendingIsPartial: true,
      listeners: null,
      iModels: { watched: 0, troubled: 0, troubles: [] },
    });
  });

  it('tells from the checkpoint where the sweeps stand, with one request more for the iModels', async () => {
    await api.ports.checkpoints.write({
      ...firstCheckpoint(api.clock.now, 60),
      version: 1,
      lastSweepAt: api.clock.now,
      lastPassStartedAt: api.clock.now - 2_500,
      lastPassCompletedAt: api.clock.now,
      lastPassPending: 12,
    });
    api.forget();
    const answer = await api.request('GET', '/health');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'Ok',
        lastSweepAt: '2026-02-10T12:00:00.000Z',
        lastPassCompletedAt: '2026-02-10T12:00:00.000Z',
        lagSeconds: 2,
        pause: null,
        pending: 12,
        pendingIsPartial: false,
      },
    });
    expect(api.commands.toSorted()).toEqual(['GetItemCommand', 'QueryCommand']);
  });

  it('is a 503 when the credentials are refused, and keeps them to itself', async () => {
    const pause = {
      reason: 'CredentialsRefused',
      until: api.clock.now + MINUTE,
      credentials: 'version-7',
    } as const;
    const answer = await healthWith({ lastSweepAt: api.clock.now, pause });
    expect(answer.status).toBe(503);
    expect(answer.body.pause).toEqual({
      reason: 'CredentialsRefused',
      until: '2026-02-10T12:01:00.000Z',
      cause: 'CredentialsRefused',
      ...CAUSES.CredentialsRefused,
    });
  });

  it('is a 503 when nobody gets alerts', async () => {
    const looked = { pending: 1, unconfirmed: 0, vanished: 1 };
    const listeners = { ...looked, checkedAt: api.clock.now, confirmed: 0 };
    const answer = await healthWith({ lastSweepAt: api.clock.now, listeners });
    expect(answer).toMatchObject({ status: 503, body: { status: 'Failing' } });
    expect(answer.body.listeners).toEqual({
      ...looked,
      checkedAt: '2026-02-10T12:00:00.000Z',
      confirmed: 0,
      operators: null,
    });
  });

  it('is degraded when nobody gets the notices to the operator', async () => {
    const looked = { confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0, operators: 0 };
    const listeners = { ...looked, checkedAt: api.clock.now };
    expect(await healthWith({ lastSweepAt: api.clock.now, listeners })).toMatchObject({
      status: 200,
      body: { status: 'Degraded', listeners: { operators: 0 } },
    });
  });

  it('tells of a rate limit with a 200', async () => {
    const pause = { reason: 'RateLimited', until: api.clock.now + MINUTE } as const;
    expect(await healthWith({ lastSweepAt: api.clock.now, pause })).toMatchObject({
      status: 200,
      body: { status: 'Degraded', pause: { reason: 'RateLimited' } },
    });
  });

  it('names the cause of a pause, what it means and what to do', async () => {
    const pause = {
      reason: 'CredentialsRefused',
      cause: 'ClientUnknown',
      until: api.clock.now + MINUTE,
    } as const;
    const { body } = await healthWith({ lastSweepAt: api.clock.now, pause });
    expect(body.pause).toMatchObject({ cause: 'ClientUnknown', ...CAUSES.ClientUnknown });
  });

  it.each([
    [4, { status: 'Ok', outage: null }],
    [
      5,
      {
        status: 'Degraded',
        outage: { since: '2026-02-10T11:55:00.000Z', ...CAUSES.UpstreamDown },
      },
    ],
  ])('tells after 5 min that upstream gives no answer (%i min)', async (minutes, body) => {
    const { now } = api.clock;
    const contact = { failing: { carbon: { since: now - minutes * MINUTE, at: now } } };
    expect(await healthWith({ lastSweepAt: now, contact })).toMatchObject({ status: 200, body });
  });

  it('tells what is wrong with the monitor itself, and what to do', async () => {
    const { now } = api.clock;
    const since = now - 10 * MINUTE;
    const troubles = { AlertsFailing: { since, seenAt: now, cause: 'AlertsFailing' as const } };
    expect(await healthWith({ lastSweepAt: now, troubles })).toMatchObject({
      status: 503,
      body: {
        status: 'Failing',
        troubles: [
          { name: 'AlertsFailing', since: '2026-02-10T11:50:00.000Z', ...CAUSES.AlertsFailing },
        ],
      },
    });
  });

  it('has words of its own for what a later version left, which was rolled back', async () => {
    const { now } = api.clock;
    const since = now - 20 * MINUTE;
    const pause = { reason: 'RateLimited', cause: 'OfLater', until: now + MINUTE };
    const troubles = { SweepErrors: { since, seenAt: now, cause: 'OfLater' } };
    const left = { lastSweepAt: now, pause, troubles } as unknown as Partial<Checkpoint>;
    const { body } = await healthWith(left);
    expect(body.pause).toMatchObject({ cause: 'RateLimited', ...CAUSES.RateLimited });
    expect(body.troubles).toMatchObject([{ name: 'SweepErrors', ...CAUSES.SweepErrors }]);
    const other = { ...left, pause: { reason: 'OfLater', until: now + MINUTE } };
    expect((await healthWith(other as unknown as Partial<Checkpoint>)).body.pause).toMatchObject({
      reason: 'UpstreamDown',
      ...CAUSES.UpstreamDown,
    });
  });

  it('tells which iModels cannot be read, why, since when and what to do', async () => {
    const { now } = api.clock;
    const ids = Array.from({ length: 12 }, (_, n) => `b0d3c9f2-4e7a-4d15-9c68-0000000000${n + 10}`);
    const since = now - 2 * DAY;
    const watched = ids.map((iModelId, n) => ({
      ...newIModel(
        { iModelId, label: `Bridge ${n}`, source: 'reporting', timeoutMinutes: 60, watchedBy: 'x' },
        since,
      ),
      newestAt: now,
    }));
    const [silent, ...others] = watched;
    const denied = others.map((iModel, n) => ({
      ...iModel,
      trouble: { cause: 'AccessDenied' as const, message: 'No.', since: now - n * MINUTE },
    }));
    const healthOf = async (iModels: object[]) => {
      const list = { ...api.ports.iModels, list: async () => iModels as WatchedIModel[] };
      const checkpoint = { ...firstCheckpoint(now, 60), lastSweepAt: now };
      const checkpoints = { ...api.ports.checkpoints, read: async () => checkpoint };
      return (await api.request('GET', '/health', { ports: { checkpoints, iModels: list } })).body;
    };

    expect(await healthOf(watched)).toMatchObject({ status: 'Ok', iModels: { troubled: 0 } });
    const empty = omit(silent as IModel, 'newestAt');
    const { status, iModels } = await healthOf([empty, ...others]);
    expect(status, 'it may have no runs').toBe('Ok');
    expect(iModels).toEqual({
      watched: 12,
      troubled: 1,
      troubles: [
        {
          iModelId: ids[0],
          label: 'Bridge 0',
          cause: 'NoRuns',
          message: CAUSES.NoRuns.meaning,
          action: CAUSES.NoRuns.action,
          since: '2026-02-09T12:00:00.000Z',
        },
      ],
    });
    expect(await healthOf([empty, ...denied])).toMatchObject({
      status: 'Degraded',
      iModels: { watched: 12, troubled: 12, troubles: { length: 10, 0: { cause: 'NoRuns' } } },
    });
  });
});

it('GET /openapi.json gives out the document that is published, and reads no table', async () => {
  const { status, body } = await api.request('GET', '/openapi.json');
  expect(status).toBe(200);
  expect(body).toEqual(published);
  expect(api.commands).toEqual([]);
});

it('a path that only looks like it is a 404', async () => {
  expect((await api.request('GET', '/openapi-json')).status).toBe(404);
});
