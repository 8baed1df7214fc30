import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../functions/core/time.ts';
import { deploy } from './support/deployment.ts';
import { startForeign, startSimulated } from './support/upstreams.ts';

const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
/** Out of order, and in pages that fit nothing. */
const ODD = { isShuffled: true, pageSizes: [2, 1, 3] };

/** Runs as a story needs them, each with an id of its own. */
function ids<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  return Object.fromEntries(names.map((name) => [name, randomUUID()])) as Record<Name, string>;
}

describe.each([
  { upstreamName: 'the simulator', start: startSimulated },
  { upstreamName: 'an upstream that shares no code with ours', start: startForeign },
])('a watched iModel at $upstreamName', ({ start }) => {
  it('has a job for every run, whose end is told, and tells of no other, ever', async () => {
    await using upstream = await start(IMODEL);
    await using deployment = await deploy(upstream.environment);
    const { request, sweep, pass } = deployment;
    const run = ids(
      'one',
      'two',
      'three',
      'done',
      'broken',
      'first',
      'twin',
      'other',
      'brief',
      'late',
    );
    const begin = (jobId: string, state: string, ago = 0, listedFrom?: number) =>
      upstream.begin({
        jobId,
        state,
        startedAt: Date.now() - ago,
        ...(listedFrom !== undefined && { listedFrom }),
      });
    const minutes = async (count: number) => {
      for (let minute = 0; minute < count; minute += 1) {
        pass(MINUTE);
        await sweep();
      }
    };
    const stateOf = async (jobId: string) => (await request('GET', `/jobs/${jobId}`)).body.state;
    const told = async () =>
      Object.fromEntries((await deployment.alerts()).map(({ jobId, state }) => [jobId, state]));
    upstream.list(ODD);

    // Three runs are under way when the watch begins, and two are over.
    begin(run.one, 'Running', 30 * MINUTE);
    begin(run.two, 'Queued', 20 * MINUTE);
    begin(run.three, 'Running', 10 * MINUTE);
    begin(run.done, 'Succeeded', 60 * MINUTE);
    begin(run.broken, 'Failed', 40 * MINUTE);
    const put = await request('PUT', `/imodels/${IMODEL}`, { label: 'Harbour' });
    expect(put.status).toBe(201);

    // One begins and ends between the PUT and the first listing.
    pass(10 * SECOND);
    begin(run.first, 'Failed');
    await minutes(1);
    expect(await told()).toEqual({ [run.first]: 'Failed' });
    expect(await stateOf(run.one)).toBe('Running');
    expect(await stateOf(run.two)).toBe('Queued');

    // Two begin later, in the same second. One of which lists will long say nothing begins now.
    begin(run.late, 'Running', 0, Date.now() + 8 * MINUTE);
    await minutes(1);
    begin(run.twin, 'Running');
    begin(run.other, 'Running');
    await minutes(1);
    expect(await stateOf(run.twin)).toBe('Running');
    expect(await stateOf(run.other)).toBe('Running');

    // One begins and ends between two listings.
    pass(20 * SECOND);
    begin(run.brief, 'PartiallySucceeded');
    await minutes(1);
    expect(await told()).toEqual({ [run.first]: 'Failed', [run.brief]: 'PartiallySucceeded' });

    // While the list is down, a run is seen by its id; then the list lags behind what was seen.
    upstream.set(run.two, 'Running');
    upstream.list({ isDown: true });
    await minutes(1);
    expect(await stateOf(run.two)).toBe('Running');
    upstream.list({ ...ODD, states: { [run.two]: 'Queued' } });
    await minutes(2);
    const { body } = await request('GET', `/jobs/${run.two}`);
    expect(body).toMatchObject({ state: 'Running', transitions: [{}, {}] });

    // The list has one twice: once with its end, and once as it was before.
    upstream.set(run.one, 'Succeeded');
    upstream.list({ ...ODD, repeated: { [run.one]: 'Running', [run.three]: 'Running' } });
    await minutes(1);
    expect(await stateOf(run.one)).toBe('Succeeded');

    // The rest ends, the late one before any list has shown it.
    for (const jobId of [run.two, run.twin]) upstream.set(jobId, 'Succeeded');
    for (const jobId of [run.three, run.other, run.late]) upstream.set(jobId, 'Failed');
    expect(await told()).not.toHaveProperty(run.late);
    await minutes(4);
    const ends = {
      [run.one]: 'Succeeded',
      [run.two]: 'Succeeded',
      [run.three]: 'Failed',
      [run.first]: 'Failed',
      [run.twin]: 'Succeeded',
      [run.other]: 'Failed',
      [run.brief]: 'PartiallySucceeded',
      [run.late]: 'Failed',
    };
    expect(await told()).toEqual(ends);
    expect(await deployment.alerts(), 'each is told once').toHaveLength(8);
    const { jobs } = (await request('GET', '/jobs?limit=100')).body as {
      jobs: { jobId: string }[];
    };
    expect(jobs.map(({ jobId }) => jobId).toSorted(), 'each has one job').toEqual(
      Object.keys(ends).toSorted(),
    );

    // Three months later the jobs are gone, and upstream still lists every run.
    pass(91 * DAY);
    await minutes(1);
    expect(await deployment.expire(), 'eight jobs, and how long they took').toBe(9);
    const next = randomUUID();
    begin(next, 'Failed');
    await minutes(3);
    pass(2 * DAY);
    await minutes(2);
    // The alerts of then are shown no more: what is there now was told since.
    expect(await told()).toEqual({ [next]: 'Failed' });
    expect(await deployment.alerts()).toHaveLength(1);
    expect((await request('GET', `/jobs/${run.one}`)).status).toBe(404);
  });
});
