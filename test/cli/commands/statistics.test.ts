import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJob } from '../../../functions/core/jobs/apply.ts';
import { DAY, HOUR } from '../../../functions/core/time.ts';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
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

  it('draws how many runs there were, and how many did not succeed, where there is room', async () => {
    const stdout = new Terminal({ columns: 100 });
    await cli(['statistics', '--utc', '--url', http.url], { stdout });
    const [, , nightly = '', tower = '', all = ''] = stdout.text.split('\n');
    expect(nightly.slice(79)).toBe('  █████████████████░');
    expect(tower.slice(79)).toBe('  █████░');
    expect(all).toHaveLength(79);
    expect(nightly.length).toBeLessThanOrEqual(100);
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
