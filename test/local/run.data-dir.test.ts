import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type LocalProcess, runToEnd, startLocalProcess } from './support/local-run.ts';
import { statusServer } from './support/status-server.ts';

const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const WAIT = { timeout: 20_000, interval: 200 };

it('npm start with DATA_DIR keeps it all over kill and restart, for this user and upstream alone', async () => {
  const { dataDir, settings, upstream } = await newDataDir({ state: 'Running' });
  const first = await startLocalProcess(settings);
  const sms = (endpoint: string, state: string) =>
    first.post('/subscriptions', { protocol: 'sms', endpoint, states: [state] });
  expect((await sms('+37060000000', 'Failed')).status).toBe(201);
  expect((await sms('+37060000001', 'TimedOut')).status).toBe(201);
  await first.post('/jobs', { jobId: JOB_ID });
  await vi.waitUntil(async () => (await stateOf(first)) === 'Running', WAIT);
  await first.end('SIGKILL');

  const { ITWIN_API_URL } = settings;
  expect(await runToEnd({ DATA_DIR: dataDir })).toEqual({
    code: 1,
    output: `${dataDir} keeps jobs of ${ITWIN_API_URL}, which the simulator knows nothing of. Set ITWIN_API_URL=${ITWIN_API_URL}, or set DATA_DIR to another folder.\n`,
  });
  const other = await runToEnd({ ...settings, ITWIN_API_URL: 'https://api.bentley.com' });
  expect(other.output).toContain('which https://api.bentley.com knows nothing of');

  const second = await startLocalProcess(settings);
  expect(await stateOf(second)).toBe('Running');
  upstream.status = { state: 'Failed' };
  await second.prints(/Subject: Failed/);
  expect(await second.get('/local/alerts')).toMatchObject([{ deliveredTo: ['sms:+37060000000'] }]);
  await second.end('SIGTERM');
  const names = await readdir(dataDir, { recursive: true });
  expect(names.length).toBeGreaterThan(10);
  for (const name of ['', ...names]) {
    const { mode } = await stat(join(dataDir, name));
    expect(mode & 0o077, name).toBe(0);
  }
}, 60_000);

it('npm start with DATA_DIR ends, rather than answers, when the disk does not take what was written', async () => {
  const { dataDir, settings } = await newDataDir({ state: 'Running' });
  const run = await startLocalProcess(settings);
  await rename(join(dataDir, 'tables-1'), join(dataDir, 'elsewhere'));
  await expect(run.post('/jobs', { jobId: JOB_ID })).rejects.toThrow();
  await run.prints(/The run ends, since something broke; [^\n]+ ENOENT/);
  await vi.waitFor(() => expect(() => process.kill(run.pid, 0)).toThrow('ESRCH'), WAIT);
}, 60_000);

/** A folder that the local run has to make, and the settings to keep there what upstream says of its runs. */
async function newDataDir(status: object) {
  const parent = await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  const upstream = await statusServer(status);
  const settings = { DATA_DIR: dataDir, ITWIN_API_URL: upstream.url, ITWIN_ACCESS_TOKEN: 'good' };
  return { dataDir, settings, upstream };
}

async function stateOf(run: LocalProcess): Promise<string> {
  return (await run.get<{ state: string }>(`/jobs/${JOB_ID}`)).state;
}
