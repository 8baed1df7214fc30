import { describe, expect, it } from 'vitest';
import { cancelJob, changeJob } from '../../../../functions/api/use-cases/jobs.ts';
import { registerJob } from '../../../../functions/api/use-cases/register-jobs.ts';
import type { ListedRun } from '../../../../functions/core/imodels/found-runs.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { withLengths } from '../../../../functions/core/statistics/lengths.ts';
import { wholeMonth } from '../../../../functions/core/statistics/months.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { BEGIN, jobId } from './memory-world.ts';
import { IMODEL, pageOf, RUN, type WatchingWorld, watching } from './watching.ts';

const KIND = 'grouping-and-mapping-extraction';
const FAILED: ListedRun = {
  ...RUN,
  startedAt: BEGIN + MINUTE,
  status: { kind: 'Status', state: 'Failed', isListed: true },
};

/** A change of state on record. */
const step = (from: string, to: string, version: number) => ({ from, to, at: BEGIN, version });

/** Lets ten runs of the iModel be known to have taken 12 min. */
async function knowWhatIsUsual({ ports }: WatchingWorld): Promise<void> {
  const group = `${KIND}#imodel#${IMODEL}`;
  const run = { endedAt: BEGIN, runLength: 12 * MINUTE };
  await ports.lengths.put(withLengths(group, undefined, Array(10).fill(run)));
}

/** Lets updates of jobs lose against another writer so many times. @returns how many were tried */
function loseUpdates({ ports }: WatchingWorld, times: number): () => number {
  let tried = 0;
  const { update } = ports.jobs;
  ports.jobs.update = async (before, after) => {
    tried += 1;
    return tried > times && (await update(before, after));
  };
  return () => tried;
}

describe('a run that a list shows', () => {
  it('is put on record and told to the log, once', async () => {
    const world = watching([pageOf(RUN)], { label: 'Harbour' });
    const first = await world.sweep();
    expect(first).toMatchObject({ runsFound: 1, jobsEnded: 0, transitions: 0, lostConditions: 0 });
    expect(world.logged).toEqual([
      {
        level: 'info',
        message: 'A run of a watched iModel was found',
        facts: { jobId: RUN.jobId, iModelId: IMODEL, label: 'Harbour', state: 'Running' },
      },
    ]);
    world.clock.advance(MINUTE);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 0, pending: 1, errors: 0 });
    expect(world.logged).toHaveLength(1);
  });

  it('and that is over is told in the same sweep', async () => {
    const world = watching([pageOf(FAILED)]);
    const report = await world.sweep();
    expect(report).toMatchObject({ runsFound: 1, jobsEnded: 1, alertsPublished: 1 });
    expect(world.published).toMatchObject([{ jobId: RUN.jobId, state: 'Failed' }]);
    expect(world.logged.slice(0, 2)).toMatchObject([
      { message: 'A run of a watched iModel was found' },
      { message: 'A job ended', facts: { jobId: RUN.jobId, from: 'Registered', to: 'Failed' } },
    ]);
  });

  it('and that begins once the clock is right is told, however far ahead it was as the watch began', async () => {
    const world = watching([pageOf()]);
    Object.assign(world.watched, { since: BEGIN + 2 * DAY });
    await world.sweep();
    expect(world.watched).toMatchObject({ since: BEGIN, version: 2 });
    await world.sweep();
    expect(world.watched).toMatchObject({ version: 2 });
    world.clock.advance(20 * MINUTE);
    world.lists[0] = pageOf(FAILED);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, alertsPublished: 1 });
  });

  it('and whose state is not known is told to the log as one that a check shows', async () => {
    const status = { kind: 'Status', state: 'Paused', isListed: true } as const;
    const world = watching([pageOf({ ...RUN, status })]);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, unknownStates: 1 });
    expect(world.logged[1]).toMatchObject({
      level: 'warn',
      facts: { jobId: RUN.jobId, to: 'Paused' },
    });
  });

  it('and that is over is told too where no run says when it began', async () => {
    const undated = (n: number, state: string): ListedRun => ({
      jobId: jobId(n),
      status: { kind: 'Status', state, isListed: true },
    });
    const old = undated(2, 'Succeeded');
    const world = watching([pageOf(old), pageOf(undated(3, 'Failed'), old)]);
    await world.sweep();
    world.clock.advance(DAY);
    await expect(world.sweep()).resolves.toMatchObject({ runsFound: 1, iModelsInTrouble: 0 });
    expect(world.published).toMatchObject([{ jobId: jobId(3), state: 'Failed' }]);
  });

  it('has with it what is usual of its iModel, once its state is known', async () => {
    const world = watching([pageOf(RUN)]);
    await knowWhatIsUsual(world);
    await world.sweep();
    expect(world.job(RUN.jobId)).toMatchObject({ usual: { runs: 10 } });

    const { status: _, ...stateless } = RUN;
    const bare = watching([pageOf(stateless)]);
    await knowWhatIsUsual(bare);
    bare.ports.lengths.get = () => Promise.reject(new Error('Nobody needs it.'));
    await expect(bare.sweep()).resolves.toMatchObject({ runsFound: 1, errors: 0 });
    expect(bare.job(RUN.jobId)).not.toHaveProperty('usual');
  });
});

describe('a run that a list shows and somebody has registered by its id', () => {
  it.each([
    ['at once', 0],
    ['though others write it meanwhile, twice', 2],
  ])('is adopted %s', async (_, lost) => {
    const world = watching([pageOf(RUN)]);
    world.add(RUN.jobId, { kind: KIND });
    loseUpdates(world, lost);
    await expect(world.sweep()).resolves.toMatchObject({
      runsFound: 0,
      lostConditions: lost,
    });
    expect(world.job(RUN.jobId)).toMatchObject({ registeredBy: 'test', iModelId: IMODEL });
  });

  it('is known to have begun when the list says, of which a status without that says nothing', async () => {
    const { status: _, ...stateless } = RUN;
    const world = watching([pageOf(stateless)], { source: 'reporting' });
    world.add(RUN.jobId);
    world.add(jobId(2), { startedAt: BEGIN - MINUTE });
    world.lists[0] = pageOf(stateless, { ...stateless, jobId: jobId(2) });
    await world.sweep();
    expect(world.job(RUN.jobId)).toMatchObject({ iModelId: IMODEL, startedAt: RUN.startedAt });
    expect(world.job(jobId(2))).toMatchObject({ iModelId: IMODEL, startedAt: BEGIN - MINUTE });
    world.clock.advance(MINUTE);
    world.answers.set(RUN.jobId, [{ kind: 'Status', state: 'Succeeded' }]);
    await world.sweep();
    expect(world.job(RUN.jobId)).toMatchObject({ runLength: 61 * MINUTE });
  });

  it('is left alone when others write it at every try, of which there are three', async () => {
    const world = watching([pageOf(RUN)]);
    world.add(RUN.jobId, { kind: KIND });
    const tried = loseUpdates(world, 3);
    const report = await world.sweep();
    expect(report).toMatchObject({ lostConditions: 3, errors: 0 });
    expect(tried()).toBe(3);
    expect(world.job(RUN.jobId)).not.toHaveProperty('iModelId');
  });

  it.each([
    ['goes on', RUN],
    ['was over before the watch of its iModel began', { ...FAILED, startedAt: RUN.startedAt }],
  ])(
    'and that the monitor gave up is adopted: registered again, its alerts fit filters by iModel, if it %s',
    async (_, run) => {
      const world = watching([pageOf(run)]);
      world.add(RUN.jobId, { kind: KIND, state: 'AccessDenied', endedAt: BEGIN });
      await world.sweep();
      const { jobs, time } = world.ports;
      const asked = { jobId: RUN.jobId, timeoutMinutes: 60, named: [], registeredBy: 'somebody' };
      const reopened = await registerJob({ jobs, time }, { ...asked, kind: KIND });
      expect(reopened).toMatchObject({ outcome: 'Reopened', job: { iModelId: IMODEL } });
    },
  );

  it('as one of another kind, and then stopped, is adopted as what it is', async () => {
    const world = watching([pageOf(RUN)]);
    const { jobs, time } = world.ports;
    const asked = { jobId: RUN.jobId, timeoutMinutes: 60, named: [], registeredBy: 'somebody' };
    await registerJob({ jobs, time }, asked);
    await cancelJob({ jobs, time }, RUN.jobId, 'somebody');
    await world.sweep();
    const reopened = await registerJob({ jobs, time }, { ...asked, kind: KIND });
    expect(reopened).toMatchObject({ outcome: 'Reopened', job: { kind: KIND, iModelId: IMODEL } });
    world.lists[0] = pageOf(FAILED);
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.published).toMatchObject([{ iModelId: IMODEL, jobKind: KIND, state: 'Failed' }]);
  });

  it('is left alone when it was seen as one of another kind, and is registered again', async () => {
    const world = watching([pageOf(RUN)]);
    const { jobs, time } = world.ports;
    world.add(RUN.jobId, { transitions: [step('Registered', 'Running', 2)], version: 2 });
    await cancelJob({ jobs, time }, RUN.jobId, 'somebody');
    const asked = { jobId: RUN.jobId, timeoutMinutes: 60, named: [], registeredBy: 'somebody' };
    await registerJob({ jobs, time }, asked);
    const error = { name: 'ServerError', message: 'Upstream answered 500.' } as const;
    world.answers.set(RUN.jobId, [{ kind: 'Failed', error }]);
    await world.sweep();
    expect(world.job(RUN.jobId)).not.toHaveProperty('iModelId');
    expect(world.job(RUN.jobId)).not.toHaveProperty('kind');
  });

  it.each<[string, Partial<Job>]>([
    ['has ended upstream', { kind: KIND, state: 'Succeeded' }],
    ['was seen as one of another kind', { kind: 'reporting-extraction', state: 'Running' }],
  ])('is left alone when it %s', async (_, facts) => {
    const world = watching([pageOf(RUN)]);
    const job = world.add(RUN.jobId, facts);
    const tried = loseUpdates(world, 0);
    const report = await world.sweep();
    expect(report).toMatchObject({ runsFound: 0, lostConditions: 0, errors: 0 });
    expect(tried()).toBe(0);
    expect(world.job(RUN.jobId)).toMatchObject({ version: job.version });
  });

  it('is not looked for in every listing where it is one of too many that are over and do not say when they began', async () => {
    const { startedAt: _, ...undated } = FAILED;
    const runs = Array.from({ length: 600 }, (__, n) => ({ ...undated, jobId: jobId(n) }));
    const world = watching([pageOf(...runs)]);
    await world.sweep();
    let reads = 0;
    const { get } = world.ports.jobs;
    world.ports.jobs.get = (...asked) => {
      reads += 1;
      return get(...asked);
    };
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(reads).toBe(0);
  });

  it('is left alone when it is gone by then', async () => {
    const world = watching([pageOf(RUN)]);
    world.ports.jobs.add = async () => false;
    await expect(world.sweep()).resolves.toMatchObject({ lostConditions: 0, errors: 0 });
    expect(world.job(RUN.jobId)).toBeUndefined();
  });
});

describe('a list that lags', () => {
  const at = (minutes: number) => BEGIN - minutes * MINUTE;
  const queued: ListedRun = { ...RUN, status: { ...RUN.status, state: 'Queued' } };
  const [toQueued, toRunning, again] = [
    { to: 'Queued', from: 'Registered', at: at(9), version: 2 },
    { to: 'Running', from: 'Queued', at: at(8), version: 3 },
    { to: 'Registered', from: 'TimedOut', at: at(5), version: 5 },
  ] as const;

  /** What comes of a job with these facts when its list says so of it. */
  async function afterList(facts: Partial<Job>, run: ListedRun) {
    const world = watching([pageOf(run)]);
    world.add(RUN.jobId, { kind: KIND, iModelId: IMODEL, startedAt: RUN.startedAt, ...facts });
    const report = await world.sweep();
    return { report, job: world.job(RUN.jobId) };
  }

  it('does not take a run back to what it has been before', async () => {
    const facts = { transitions: [toQueued, toRunning] };
    const { report, job } = await afterList(facts, queued);
    expect(report).toMatchObject({ checks: 1, transitions: 0, lostConditions: 0, errors: 0 });
    expect(job).toMatchObject({ state: 'Running', version: 1 });
  });

  it('nor to what comes before its state, though it has not been so', async () => {
    const { job } = await afterList({ transitions: [toRunning] }, queued);
    expect(job).toMatchObject({ state: 'Running', version: 1 });
  });

  it('does, of one that is under watch anew', async () => {
    const facts = { state: 'Registered', transitions: [toQueued, toRunning, again] };
    const anew = await afterList(facts, RUN);
    expect(anew.job).toMatchObject({ state: 'Running', version: 2 });
  });

  it('shows that a run is there, whatever its word for it', async () => {
    const missing = { since: at(1), count: 1, status: 404 } as const;
    const facts = { missing, transitions: [toQueued, toRunning] };
    const { job } = await afterList(facts, queued);
    expect(job).toMatchObject({ state: 'Running', version: 2 });
    expect(job).not.toHaveProperty('missing');
  });

  it('is not heard where the run itself was asked: that may go back', async () => {
    const world = watching([pageOf()]);
    const transitions = [toQueued, toRunning];
    world.add(RUN.jobId, { kind: KIND, iModelId: IMODEL, transitions });
    world.answers.set(RUN.jobId, [{ kind: 'Status', state: 'Queued' }]);
    await world.sweep();
    expect(world.job(RUN.jobId)).toMatchObject({ state: 'Queued' });
  });

  it('costs a job that it lacks a request of its own, when there is one', async () => {
    const world = watching([pageOf()]);
    world.add(RUN.jobId, { kind: KIND, iModelId: IMODEL });
    await expect(world.sweep({ checksPerMinute: 1 })).resolves.toMatchObject({ requests: 1 });
    expect(world.asked).toEqual([]);
    world.clock.advance(MINUTE);
    await expect(world.sweep({ checksPerMinute: 2 })).resolves.toMatchObject({ requests: 2 });
    expect(world.asked).toEqual([RUN.jobId]);
  });
});

it('a job that upstream does not want to be asked about is done with where its list lacks it', async () => {
  const world = watching([pageOf()]);
  world.add(RUN.jobId, { kind: KIND, iModelId: IMODEL, notBefore: BEGIN + 10 * MINUTE });
  const report = await world.sweep();
  expect(report).toMatchObject({ requests: 1, pending: 1, passesCompleted: 1, errors: 0 });
  expect(world.asked).toEqual([]);
});

describe('a list without states', () => {
  const { status: _, ...stateless } = RUN;
  const facts = { kind: 'reporting-extraction', iModelId: IMODEL } as const;

  /** What comes of a job when its list shows these runs, and upstream answers so when asked about it. */
  async function afterMissing(status: 403 | 404, ...runs: readonly ListedRun[]) {
    const world = watching([pageOf(...runs)], { source: 'reporting' });
    world.add(RUN.jobId, facts);
    world.answers.set(RUN.jobId, [{ kind: 'Missing', status }]);
    const report = await world.sweep();
    return { ...world, report, job: world.job(RUN.jobId) };
  }

  it('that shows a run says that a 404 is no end of it', async () => {
    const { report, logged, job } = await afterMissing(404, stateless);
    const error = {
      name: 'UpstreamFault',
      message: 'Upstream answers 404 for a run that it still lists.',
    };
    expect(report).toMatchObject({ failedChecks: 1 });
    expect(logged).toContainEqual({
      level: 'warn',
      message: 'A check failed',
      facts: { jobId: RUN.jobId, error },
    });
    expect(job).not.toHaveProperty('missing');
  });

  it('says nothing of a 403, nor of a run that it does not show', async () => {
    const other = { ...stateless, jobId: jobId(2) };
    expect((await afterMissing(403, stateless)).job).toMatchObject({ missing: { status: 403 } });
    expect((await afterMissing(404, other)).job).toMatchObject({ missing: { status: 404 } });
  });

  it('shows a run that was over before its watch, of which who has registered it meanwhile is told', async () => {
    const world = watching([pageOf(stateless)], { source: 'reporting' });
    world.answers.set(RUN.jobId, [{ kind: 'Status', state: 'Failed' }]);
    await world.sweep();
    const asked = { jobId: RUN.jobId, timeoutMinutes: 60, named: [], registeredBy: 'somebody' };
    const { jobs, time } = world.ports;
    await expect(registerJob({ jobs, time }, asked)).resolves.toMatchObject({ outcome: 'Known' });
    world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.published).toMatchObject([{ jobId: RUN.jobId, state: 'Failed' }]);
  });

  it('shows a run that was over before its watch, of which nobody is reminded while it cannot be asked about', async () => {
    const world = watching([pageOf(stateless)], { source: 'reporting' });
    const { iModels, jobs, time } = world.ports;
    await iModels.update(world.watched, { ...world.watched, remindAfterMinutes: 30, version: 2 });
    const error = { name: 'ServerError', message: 'Upstream answered 500.' } as const;
    world.answers.set(RUN.jobId, [{ kind: 'Failed', error }]);
    await world.sweep();
    world.clock.advance(31 * MINUTE);
    await world.sweep();
    expect(world.published).toEqual([]);
    // But for who asks for it.
    await changeJob({ jobs, time }, RUN.jobId, { remindAfterMinutes: 32 });
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    expect(world.published).toMatchObject([{ jobId: RUN.jobId, kind: 'StillRunning' }]);
  });

  it('shows a run that goes on, of which people are reminded once it is seen', async () => {
    const world = watching([pageOf(stateless)], { source: 'reporting' });
    const { iModels } = world.ports;
    await iModels.update(world.watched, { ...world.watched, remindAfterMinutes: 30, version: 2 });
    await world.sweep();
    world.clock.advance(31 * MINUTE);
    await world.sweep();
    expect(world.published).toMatchObject([{ jobId: RUN.jobId, kind: 'StillRunning' }]);
  });

  it('shows a run that was over before its watch, which counts for neither digest nor figures', async () => {
    const world = watching([pageOf(stateless)], { source: 'reporting' });
    world.answers.set(RUN.jobId, [{ kind: 'Status', state: 'Failed' }]);
    await world.sweep();
    world.clock.advance(MINUTE);
    await world.sweep();
    const ended = world.job(RUN.jobId);
    expect(ended).toMatchObject({ state: 'Failed', endedAt: BEGIN + MINUTE });
    const { statistics, jobs, time } = world.ports;
    const counted = () => statistics.endedPage(wholeMonth('2026-02'), undefined);
    await expect(counted()).resolves.toEqual({ items: [] });
    // To register it later changes nothing of that: of its end nobody is told any more.
    const asked = { jobId: RUN.jobId, timeoutMinutes: 60, named: [], registeredBy: 'somebody' };
    const request = { ...asked, kind: facts.kind };
    await expect(registerJob({ jobs, time }, request)).resolves.toMatchObject({ job: ended });
    await expect(counted()).resolves.toEqual({ items: [] });
  });
});
