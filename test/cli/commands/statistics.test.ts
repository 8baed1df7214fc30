import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJob } from '../../../functions/core/jobs/watch.ts';
import { DAY, HOUR } from '../../../functions/core/time.ts';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
import { serve } from '../support/serve.ts';
import { Terminal } from '../support/terminal.ts';

let http: HttpApi;

beforeAll(async () => {
  http = await startHttpApi();
  const { now } = http.api.clock;
  for (let n = 0; n < 40; n += 1) {
    const job = newJob({
      jobId: `00000000-0000-4000-8000-0000000000${10 + n}`,
      label: n < 10 ? 'Tower\u001b[2J C, with a very long name indeed' : 'Tower B, nightly',
      registeredAt: now - 3 * DAY,
      registeredBy: 'test',
      timeoutAt: now,
    });
    const state = n % 20 === 0 ? 'Failed' : 'Succeeded';
    await http.api.ports.jobs.add({ ...job, state, endedAt: now - HOUR - n });
  }
});
afterAll(() => http.close());

/** Figures of so many runs, by how they ended, that took so long (seconds: p50, p90, p95). */
function figures(lengths: readonly (number | null)[], ends: Readonly<Record<string, number>>) {
  const [p50Seconds, p90Seconds, p95Seconds] = lengths;
  const outcomes = Object.entries(ends).map(([state, runs]) => ({ state, runs }));
  const runs = outcomes.reduce((sum, outcome) => sum + outcome.runs, 0);
  return { runs, outcomes, withIssues: 0, runLength: { p50Seconds, p90Seconds, p95Seconds } };
}

function group(name: string | null, ...of: Parameters<typeof figures>) {
  return { name, ...figures(...of) };
}

/** An API that has these statistics. @returns its URL */
function answering(statistics: object): Promise<string> {
  const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
  return serve((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ from, to, groupBy: 'label', ...statistics }));
  });
}

describe('statistics', () => {
  it('shows a table of at most 80 columns to a person', async () => {
    const stdout = new Terminal({ columns: 80 });
    await cli(['statistics', '--utc', '--url', http.url], { stdout });
    const lines = stdout.text.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Runs that ended from \S+ \S+Z to \S+ \S+Z$/);
    expect(lines.slice(1)).toEqual([
      'label                    runs    ok failed other issues     p50     p90     p95',
      'Tower B, nightly           30   97%     3%     -      -       -       -       -',
      'Tower C, with a very …     10   90%    10%     -      -       -       -       -',
      'all                        40   95%     5%     -      -       -       -       -',
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('cuts a long name between two characters', async () => {
    const some = group('🏗'.repeat(20), [null], { Succeeded: 1 });
    const url = await answering({ groups: [some], total: some, others: null });
    const stdout = new Terminal({ columns: 80 });
    await cli(['statistics', '--url', url], { stdout });
    expect(stdout.text).toContain(`${'🏗'.repeat(10)}… `);
  });

  it('draws how many runs there were, and how many did not succeed, where there is room', async () => {
    const stdout = new Terminal({ columns: 100 });
    await cli(['statistics', '--utc', '--url', http.url], { stdout });
    const [, , nightly = '', tower = '', all = ''] = stdout.text.split('\n');
    expect(nightly.slice(79)).toBe('  █████████████████░');
    expect(tower.slice(79)).toBe('  █████░');
    expect(all).toHaveLength(79);
    expect(nightly.length).toBeLessThanOrEqual(100);
  });

  it('shows lengths in the unit that tells most, and neither few of many as none nor nearly all as all', async () => {
    const url = await answering({
      groups: [
        group('a', [8, 59, 60], { Succeeded: 999, Failed: 1 }),
        group('b', [599, 3_600, 36_000], { Succeeded: 1, Failed: 199 }),
        group(null, [86_399, 86_400, 864_000], { Succeeded: 1, Aborted: 1 }),
      ],
      total: figures([null, null, null], { Succeeded: 1_205 }),
      others: figures([0, 1, 2], { Cancelled: 3 }),
    });
    const stdout = new Terminal({ columns: 80 });
    expect((await cli(['statistics', '--url', url], { stdout })).code).toBe(0);
    expect(stdout.lines.slice(2)).toEqual([
      'a                       1,000  >99%    <1%     -      -     8 s    59 s 1.0 min',
      'b                         200   <1%   >99%     -      -  10 min   1.0 h    10 h',
      '(none)                      2   50%      -   50%      -    24 h   1.0 d    10 d',
      '(others)                    3     -      -  100%      -     0 s     1 s     2 s',
      'all                     1,205  100%      -     -      -       -       -       -',
    ]);
  });

  it('gives a pipe a line for each group', async () => {
    const { code, stdout } = await http.run('statistics', '--group-by', 'state');
    expect(code).toBe(0);
    expect(stdout).toBe('Succeeded\t38\t38\t0\t0\t0\t\t\t\nFailed\t2\t0\t2\t0\t0\t\t\t\n');
  });

  it('asks for the time that is wanted, and prints JSON as the API gives it', async () => {
    const { stdout } = await http.run(
      ...['statistics', '--since', '2026-02-10 11:50', '--utc', '--json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({ total: { runs: 0 }, groups: [] });
    const from = ['--from', '2026-01-01', '--to', '2026-02-01', '--utc'];
    const month = JSON.parse((await http.run('statistics', ...from, '--json')).stdout);
    expect(month).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    });
  });

  it('says what is wrong with a time', async () => {
    const { code, stderr } = await http.run('statistics', '--since', 'soon');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--since is a time such as')]);
    const old = await http.run('statistics', '--from', '2025-03-02', '--utc');
    expect([old.code, old.stderr]).toEqual([2, expect.stringContaining('beginning of a month')]);
  });
});
