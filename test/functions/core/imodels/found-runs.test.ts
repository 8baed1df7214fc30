import { describe, expect, it } from 'vitest';
import {
  adopt,
  isAdoptable,
  isNew,
  jobOfRun,
  type ListedRun,
} from '../../../../functions/core/imodels/found-runs.ts';
import type { IModel } from '../../../../functions/core/imodels/imodel.ts';
import { type Job, owedAlerts } from '../../../../functions/core/jobs/job.ts';
import type { State } from '../../../../functions/core/jobs/states.ts';
import { newJob } from '../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { SINCE, WATCHED } from './watched.ts';

const NOW = SINCE + HOUR;
const CLOCK = { now: NOW, awake: NOW };
/** A watch is told of what began five minutes before it: clocks differ. */
const GRACE_BEGINS = SINCE - 5 * MINUTE;

function run(state: State | undefined, startedAt?: number): ListedRun {
  return {
    jobId: 'a-run',
    ...(startedAt !== undefined && { startedAt }),
    ...(state && { status: { kind: 'Status', state, isListed: true } }),
  };
}

describe('a listed run is new', () => {
  const oldest = GRACE_BEGINS - HOUR;
  it.each<[boolean, string, Partial<IModel>, number | undefined]>([
    [true, 'that may still be pending when the watch begins', {}, oldest],
    [false, 'but not if its time was up before', {}, oldest - 1],
    [true, 'that began a day before the newest', { newestAt: SINCE + 2 * DAY }, SINCE + DAY],
    [false, 'but not earlier', { newestAt: SINCE + 2 * DAY }, SINCE + DAY - 1],
    [true, 'that began after those which are forgotten', { floor: SINCE + DAY }, SINCE + DAY],
    [false, 'but not among them', { floor: SINCE + DAY }, SINCE + DAY - 1],
    [true, 'that does not say when it began', { newestAt: SINCE + DAY }, undefined],
    [false, 'unless it is known', { known: { 'a-run': SINCE } }, undefined],
    [false, 'however early it is on record', { known: { 'a-run': 0 } }, SINCE],
  ])('(%s) %s', (isIt, _, facts, startedAt) => {
    expect(isNew({ ...WATCHED, ...facts }, run('Running', startedAt))).toBe(isIt);
  });
});

describe('the job of a run that a list shows', () => {
  it('has all that the watch says, by our own time', () => {
    const settings = { label: 'Bridge', remindAfterMinutes: 30, unusuallyLong: false } as const;
    const job = jobOfRun({ ...WATCHED, ...settings }, run(undefined, SINCE), CLOCK);
    expect(job).toEqual({
      jobId: 'a-run',
      kind: 'grouping-and-mapping-extraction',
      iModelId: WATCHED.iModelId,
      label: 'Bridge',
      startedAt: SINCE,
      registeredAt: NOW,
      registeredBy: `watch of iModel ${WATCHED.iModelId}`,
      timeoutAt: NOW + HOUR,
      remindAt: NOW + 30 * MINUTE,
      unusuallyLong: false,
      state: 'Registered',
      version: 1,
      transitions: [],
    });
  });

  it('has no more than that of a watch that says little', () => {
    const job = jobOfRun({ ...WATCHED, source: 'reporting' }, run(undefined), CLOCK);
    expect(Object.keys(job ?? {}).toSorted()).toEqual(
      [
        ...['iModelId', 'isQuietIfOver', 'jobId', 'kind', 'registeredAt', 'registeredBy'],
        ...['state', 'timeoutAt', 'transitions', 'version'],
      ].toSorted(),
    );
    expect(job).toMatchObject({ kind: 'reporting-extraction', isQuietIfOver: true });
  });

  it('is in the state that the list says, and owes its alert at once if that is an end', () => {
    const running = jobOfRun(WATCHED, run('Running', SINCE), CLOCK);
    expect(running).toMatchObject({ state: 'Running', version: 2, transitions: [{ at: NOW }] });
    expect(running).not.toHaveProperty('isQuietIfOver');
    const ended = jobOfRun(WATCHED, run('Failed', SINCE), CLOCK);
    expect(ended).toMatchObject({ state: 'Failed', endedAt: NOW });
    expect(ended && owedAlerts(ended)).toHaveLength(1);
  });

  it('knows what is usual of such runs', () => {
    const usual = { runs: 20, median: 12 * MINUTE, p90: 20 * MINUTE, shortBelow: 2 * MINUTE };
    expect(jobOfRun(WATCHED, run('Succeeded', SINCE), CLOCK, usual)).toMatchObject({ usual });
  });

  it.each<[boolean, string, Partial<IModel>, number | undefined]>([
    [true, 'within the grace of clocks', {}, GRACE_BEGINS],
    [false, 'before that', {}, GRACE_BEGINS - 1],
    [true, 'some time, after a list that had others', { newestAt: SINCE }, undefined],
    [true, 'some time, after one that had only such', { hasUndated: true }, undefined],
    [false, 'some time, on the first list with runs', {}, undefined],
    [
      false,
      'some time, where so many runs are forgotten',
      { newestAt: SINCE, floor: SINCE },
      undefined,
    ],
  ])('(%s) tells of an end of one that began %s', (isTold, _, facts, startedAt) => {
    const iModel = { ...WATCHED, ...facts };
    const ended = jobOfRun(iModel, run('Failed', startedAt), CLOCK);
    expect(ended !== undefined).toBe(isTold);
    // Where the list has no states, the first check tells whether it is over.
    const unseen = jobOfRun(iModel, run(undefined, startedAt), CLOCK);
    expect(unseen?.isQuietIfOver === true).toBe(!isTold);
    expect(jobOfRun(iModel, run('Running', startedAt), CLOCK)).toMatchObject({ state: 'Running' });
  });
});

describe('a job that somebody registered by its id', () => {
  const registered: Job = newJob({
    jobId: 'a-run',
    registeredAt: SINCE,
    registeredBy: 'test',
    timeoutAt: SINCE + HOUR,
  });
  const seen: Job = { ...registered, state: 'Running', version: 5 };
  const kind = 'grouping-and-mapping-extraction';

  it.each<[boolean, string, Job]>([
    [true, 'that was never seen, whatever it was taken for', registered],
    [true, 'that is known to be of the list’s kind', { ...seen, kind }],
    [false, 'that is known to be of another kind', seen],
    [false, 'that has an iModel', { ...registered, iModelId: WATCHED.iModelId }],
    [
      true,
      'that the monitor ended, and may watch again',
      { ...registered, kind, state: 'Cancelled' },
    ],
    [false, 'that has ended', { ...registered, kind, state: 'Failed' }],
  ])('(%s) is adopted: one %s', (isIt, _, job) => {
    expect(isAdoptable(job, WATCHED)).toBe(isIt);
  });

  it('of no kind is of the default one, as a Reporting list has them', () => {
    expect(isAdoptable(seen, { source: 'reporting' })).toBe(true);
  });

  it('keeps all that is known of it, and has its iModel', () => {
    const { iModelId } = WATCHED;
    expect(adopt({ ...seen, kind }, WATCHED, {})).toEqual({ ...seen, kind, iModelId, version: 6 });
  });

  it('never seen becomes one of the list’s kind, without what another kind is asked with', () => {
    const { iModelId } = WATCHED;
    const job: Job = {
      ...registered,
      kind: 'synchronization-run',
      connectionId: 'c',
      connectionType: 'storage',
    };
    expect(adopt(job, WATCHED, {})).toEqual({ ...registered, kind, iModelId, version: 2 });
  });
});
