import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { Answer, CheckErrorName } from '../../../../functions/core/jobs/observation.ts';
import type { Api } from '../../../../functions/core/kinds/kind.ts';
import { KIND_NAMES, type KindName, kindOf } from '../../../../functions/core/kinds/kinds.ts';
import { health } from '../../../../functions/core/sweeps/health.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { APIS } from '../../../simulation/plan/windows.ts';
import { BEGIN, createMemoryWorld, jobId } from './memory-world.ts';

const RUNNING: Answer = { kind: 'Status', state: 'Running' };
const GONE: Answer = { kind: 'Missing', status: 404 };
const failed = (name: CheckErrorName): Answer => ({
  kind: 'Failed',
  error: { name, message: 'It is of no use.' },
});
const DOWN = failed('ServerError');
const BUSY = { kind: 'Failed', error: { name: 'ServerError', message: '503' } } as const;

/** Some jobs of each kind, of which those of one API are answered so, and all others are running. */
function worldWith(api: Api, answer: Answer, jobsOfKind = 2) {
  const world = createMemoryWorld();
  const ids = new Map<KindName, string[]>();
  for (const [k, kind] of KIND_NAMES.entries()) {
    const ofKind = Array.from({ length: jobsOfKind }, (_, i) => jobId(100 * k + i));
    ids.set(kind, ofKind);
    for (const id of ofKind) {
      world.add(id, { kind });
      world.answers.set(id, [kindOf({ kind }).api === api ? answer : RUNNING]);
    }
  }
  return { world, ids };
}

describe.each(APIS)('when only the API %s is at fault', (api) => {
  const kinds = KIND_NAMES.filter((kind) => kindOf({ kind }).api === api);

  it('none of its runs counts as missing, though runs of three others answer', async () => {
    const { world, ids } = worldWith(api, GONE);
    for (let minute = 0; minute < 90; minute += 1) {
      await world.sweep();
      world.clock.advance(MINUTE);
    }
    for (const id of [...ids.values()].flat()) {
      expect(world.job(id)).toMatchObject({ state: 'Running' });
      expect(world.job(id)).not.toHaveProperty('missing');
    }
  });

  it('the checkpoint has its answers apart from those of the others', async () => {
    const { world } = worldWith(api, GONE);
    await world.sweep();
    const { lastPassAnswers } = world.checkpoint() ?? {};
    for (const other of APIS) {
      const jobs = 2 * KIND_NAMES.filter((kind) => kindOf({ kind }).api === other).length;
      const counts = other === api ? { alive: 0, missing: jobs } : { alive: jobs, missing: 0 };
      expect(lastPassAnswers?.[other]).toEqual(counts);
    }
    const answeredAt = world.checkpoint()?.contact?.answeredAt ?? {};
    expect(Object.keys(answeredAt).toSorted()).toEqual(
      APIS.filter((other) => other !== api).toSorted(),
    );
  });

  it.each([
    ['no answer', DOWN],
    ['another status', failed('UnexpectedStatus')],
    ['another body', failed('UnexpectedResponse')],
  ])('that it gives %s is told after 5 min, and over once it does', async (_, answer) => {
    const { world, ids } = worldWith(api, answer, 1);
    const since = world.clock.now();
    const sweepFor = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await world.sweep();
        world.clock.advance(MINUTE);
      }
      return health(world.checkpoint(), world.clock.now()).outageSince;
    };
    await expect(sweepFor(5)).resolves.toBeUndefined();
    await expect(sweepFor(1)).resolves.toBe(since);
    for (const kind of kinds) {
      for (const id of ids.get(kind) ?? []) world.answers.set(id, [RUNNING]);
    }
    await expect(sweepFor(1)).resolves.toBeUndefined();
  });

  it('that is over when none of its runs is pending any more', async () => {
    const { world, ids } = worldWith(api, failed('UnexpectedStatus'), 1);
    for (let minute = 0; minute < 7; minute += 1) {
      await world.sweep();
      world.clock.advance(MINUTE);
    }
    expect(health(world.checkpoint(), world.clock.now())).toHaveProperty('outageSince');
    for (const id of kinds.flatMap((kind) => ids.get(kind) ?? [])) {
      const job = world.job(id) as Job;
      await world.ports.jobs.update(job, { ...job, state: 'Cancelled', version: job.version + 1 });
    }
    for (let sweep = 0; sweep < 2; sweep += 1) {
      await world.sweep();
      world.clock.advance(MINUTE);
    }
    expect(health(world.checkpoint(), world.clock.now())).not.toHaveProperty('outageSince');
  });

  it('that it is busy for an hour stops nobody but those who heard it', async () => {
    const { world, ids } = worldWith(api, { ...BUSY, retryAt: BEGIN + HOUR });
    await world.sweep();
    expect(world.checkpoint()).not.toHaveProperty('pause');
    for (const id of kinds.flatMap((kind) => ids.get(kind) ?? []))
      expect(world.job(id)).toMatchObject({ failedChecks: 1, notBefore: BEGIN + HOUR });
    world.asked.length = 0;
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.asked).toHaveLength(2 * (KIND_NAMES.length - kinds.length));
  });

  it.each([
    ['give no answer', DOWN],
    ['are gone', GONE],
    ['are refused', { kind: 'Unauthorized' } as const],
  ])('and many of its runs %s, those of the others are asked every minute', async (_, answer) => {
    const { world, ids } = worldWith(api, answer, 40);
    const others = KIND_NAMES.filter((kind) => !kinds.includes(kind));
    const last = others.map((kind) => ids.get(kind)?.at(-1));
    for (let minute = 0; minute < 10; minute += 1) {
      world.asked.length = 0;
      await world.sweep({ checksPerMinute: 600 });
      expect(world.asked).toEqual(expect.arrayContaining(last));
      world.clock.advance(MINUTE);
    }
  });

  it('no more than ten of its runs are asked a minute', async () => {
    const { world, ids } = worldWith(api, DOWN, 40);
    const its = new Set(kinds.flatMap((kind) => ids.get(kind) ?? []));
    await world.sweep({ checksPerMinute: 600 });
    for (let minute = 0; minute < 5; minute += 1) {
      world.clock.advance(MINUTE);
      world.asked.length = 0;
      await world.sweep({ checksPerMinute: 600, concurrency: 1 });
      expect(world.asked.filter((id) => its.has(id))).toHaveLength(10);
    }
  });

  it('many of its runs without an answer are an outage, whoever else answers', async () => {
    const { world } = worldWith(api, DOWN, 10);
    const report = await world.sweep({ checksPerMinute: 200 });
    expect(report).toMatchObject({ upstreamDown: 1, failedChecks: 10 * kinds.length });
  });
});

it('where all are refused, three runs are asked, and one of each other API', async () => {
  const { world, ids } = worldWith('reporting', RUNNING, 10);
  for (const id of [...ids.values()].flat()) world.answers.set(id, [{ kind: 'Unauthorized' }]);
  const report = await world.sweep({ concurrency: 1 });
  expect(report).toMatchObject({ checks: 3 + APIS.length - 1, credentialsRefused: 1 });
});
