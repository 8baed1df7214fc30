import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstCheckpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { type HttpApi, startHttpApi } from '../support/cli.ts';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

describe('health', () => {
  it('ends with 1 when the monitor fails, and is an answer all the same', async () => {
    const { code, stdout, stderr } = await http.run('health');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^Failing\n\nlast sweep +never\n/);
  });

  it('tells what is wrong, and what to do', async () => {
    const { now } = http.api.clock;
    const pause = {
      reason: 'CredentialsRefused',
      cause: 'ClientUnknown',
      until: now + 60_000,
    } as const;
    const swept = { lastSweepAt: now, lastPassStartedAt: now, lastPassCompletedAt: now };
    await http.api.ports.checkpoints.write({
      ...firstCheckpoint(now, 60),
      ...swept,
      version: 1,
      pause,
    });
    const { stdout } = await http.run('health');
    expect(stdout).toMatch(
      /^Nothing is asked until 2026-02-10 12:01:00Z\. .*does not know our client/m,
    );
    expect(stdout).toMatch(/^Register the client again/m);
    expect(stdout).toMatch(/^last sweep +2026-02-10 12:00:00Z$/m);
    const json = JSON.parse((await http.run('health', '--json')).stdout);
    expect(json).toMatchObject({ status: 'Failing', pause: { cause: 'ClientUnknown' } });
  });

  it.each([
    [{ confirmed: 2, operators: 0 }, '2 get alerts, nobody gets notices'],
    [{ confirmed: 1, pending: 1, vanished: 1 }, '1 gets alerts, 1 has not confirmed, 1 is lost'],
    [{ confirmed: 0, pending: 2, vanished: 2 }, '0 get alerts, 2 have not confirmed, 2 are lost'],
  ])('tells who gets alerts, and that nobody gets notices: %o', async (counts, line) => {
    const { now } = http.api.clock;
    const before = await http.api.ports.checkpoints.read();
    const told = { checkedAt: now, confirmed: 0, pending: 0, unconfirmed: 0, vanished: 0 };
    await http.api.ports.checkpoints.write({
      ...(before ?? firstCheckpoint(now, 60)),
      lastSweepAt: now,
      version: (before?.version ?? 0) + 1,
      listeners: { ...told, operators: 1, ...counts },
    });
    const { stdout } = await http.run('health');
    expect(/^told +(.*)$/m.exec(stdout)?.[1]).toBe(line);
  });

  it('tells within what time all was checked, and does not call that late', async () => {
    const { now } = http.api.clock;
    const before = await http.api.ports.checkpoints.read();
    await http.api.ports.checkpoints.write({
      ...(before ?? firstCheckpoint(now, 60)),
      lastPassStartedAt: now - 70_000,
      version: (before?.version ?? 0) + 1,
    });
    const { stdout } = await http.run('health');
    expect(stdout).toMatch(/^checked within +70 s$/m);
  });

  it('tells of which iModel no runs are found, and what to do', async () => {
    const { iModels } = http.api.ports;
    const iModelId = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
    await http.run('watch-imodel', iModelId, '--label', 'Harbour');
    const trouble = {
      cause: 'AccessDenied',
      message: 'No role.',
      since: http.api.clock.now,
    } as const;
    const before = await iModels.get(iModelId);
    if (before) await iModels.update(before, { ...before, trouble, version: before.version + 1 });
    expect((await http.run('health')).stdout).toContain(
      `No runs of iModel Harbour (${iModelId}) are found since 2026-02-10 12:00:00Z. No role.\n` +
        'Give the service account a role with imodels_read on the iTwin.\n',
    );
  });
});

describe('test-alert', () => {
  it('has the next sweep send one', async () => {
    const outcome = await http.run(
      'test-alert',
      '--state',
      'TimedOut',
      '--label',
      'Tower B',
      '--json',
    );
    expect(outcome.code).toBe(0);
    const { jobId } = JSON.parse(outcome.stdout);
    expect(await http.api.ports.jobs.get(jobId)).toMatchObject({
      state: 'TimedOut',
      label: 'Tower B',
      isTest: true,
    });
    expect((await http.run('test-alert')).stdout).toMatch(/^The next sweep sends it\. "show \S+"/);
  });
});
