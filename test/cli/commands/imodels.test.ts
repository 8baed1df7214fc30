import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
import { Terminal } from '../support/terminal.ts';

const ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const OTHER = 'c0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());
beforeEach(async () => {
  for (const id of [ID, OTHER]) await http.api.request('DELETE', `/imodels/${id}`);
});

describe('watch-imodel', () => {
  it('watches an iModel with what was said about it', async () => {
    const outcome = await http.run(
      ...['watch-imodel', ID.toUpperCase(), '--label', 'Harbour', '--source', 'reporting'],
      ...['--timeout-minutes', '60', '--remind-after-minutes', '30'],
    );
    expect(outcome).toEqual({ code: 0, stderr: '', stdout: `\t${ID}\tHarbour\n` });
    expect(await http.api.ports.iModels.get(ID)).toMatchObject({
      label: 'Harbour',
      source: 'reporting',
      timeoutMinutes: 60,
      remindAfterMinutes: 30,
    });
  });

  it('tells nobody of a run that becomes unusually long, if nobody wants to know', async () => {
    await http.run('watch-imodel', ID, '--no-unusually-long');
    expect(await http.api.ports.iModels.get(ID)).toMatchObject({ unusuallyLong: false });
    await http.run('watch-imodel', ID, '--unusually-long');
    expect(await http.api.ports.iModels.get(ID)).not.toHaveProperty('unusuallyLong');
  });

  it('says all that the API finds wrong', async () => {
    const { code, stderr } = await http.run('watch-imodel', 'harbour');
    expect(code).toBe(2);
    expect(stderr).toContain('iModelId must be a UUID');
  });

  it('says which sources there are', async () => {
    const { code, stderr } = await http.run('watch-imodel', ID, '--source', 'sync');
    expect(code).toBe(2);
    expect(stderr).toContain('"grouping-and-mapping", "reporting"');
  });
});

describe('imodels', () => {
  it('lists the watched iModels, and what is wrong with them', async () => {
    await http.run('watch-imodel', ID, '--label', 'Harbour');
    await http.run('watch-imodel', OTHER);
    await seen({ newestAt: http.api.clock.now });
    expect((await http.run('imodels')).stdout).toBe(
      `2026-02-10 12:00:00Z\t${ID}\tHarbour\n\t${OTHER}\t\n`,
    );
    const trouble = { cause: 'AccessDenied', message: 'No\u001b[2J role.', since: 0 };
    await seen({ trouble });
    expect((await http.run('imodels')).stdout).toContain('\tHarbour\tAccessDenied\n');
    const stdout = new Terminal({ columns: 100 });
    await cli(['imodels', '--url', http.url], { stdout });
    expect(stdout.text).toMatch(
      /Harbour\s+AccessDenied since 1970-\S+ \S+: No role\.\s+Give the service account a role .*\s+no start seen yet/,
    );
  });

  it('prints JSON as the API gives it', async () => {
    await http.run('watch-imodel', ID);
    const { stdout } = await http.run('imodels', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ iModelId: ID, trouble: null }]);
  });

  it('says at a terminal that there are none, and nothing into a pipe', async () => {
    const stdout = new Terminal();
    await cli(['imodels', '--url', http.url], { stdout });
    expect(stdout.text).toBe('No iModels.\n');
    expect((await http.run('imodels')).stdout).toBe('');
  });
});

describe('unwatch-imodel', () => {
  it('ends the watch', async () => {
    await http.run('watch-imodel', ID);
    const { code, stdout } = await http.run('unwatch-imodel', ID);
    expect(code).toBe(0);
    expect(stdout).toContain('Its jobs go on.');
    expect(await http.api.ports.iModels.get(ID)).toBeUndefined();
  });

  it('says so when there is none', async () => {
    const { code, stderr } = await http.run('unwatch-imodel', ID);
    expect(code).toBe(4);
    expect(stderr).toContain(`iModel ${ID} is not watched.`);
  });
});

/** Has a sweep write what a listing showed. */
async function seen(facts: object): Promise<void> {
  const { iModels } = http.api.ports;
  const before = await iModels.get(ID);
  if (before) await iModels.update(before, { ...before, ...facts, version: before.version + 1 });
}
