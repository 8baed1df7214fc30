import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AcceptedAlert, CorruptAlertLog, openAlertLog } from '../../../local/sns/alert-log.ts';

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'alert-log-'));
  path = join(dataDir, 'alerts.jsonl');
});
afterEach(() => rm(dataDir, { recursive: true }));

function alert(messageId: string): AcceptedAlert {
  return {
    messageId,
    publishedAt: '2026-01-01T00:00:00.000Z',
    subject: null,
    email: 'zwei\nZeilen',
    sms: '',
    default: '{}',
    attributes: { state: 'Failed' },
    deliveredTo: ['email:ops@example.com'],
  };
}

it('reads back what was appended, from a directory that did not exist', async () => {
  const nested = join(dataDir, 'a', 'b');
  const log = await openAlertLog(nested);
  await log.append(alert('1'));
  await log.append(alert('2'));
  expect((await openAlertLog(nested)).alerts).toEqual([alert('1'), alert('2')]);
});

it('forgets a last line that was never finished, and appends after the one before', async () => {
  await (await openAlertLog(dataDir)).append(alert('1'));
  await appendFile(path, JSON.stringify(alert('2')).slice(0, -1));

  const reopened = await openAlertLog(dataDir);
  expect(reopened.alerts).toEqual([alert('1')]);
  await reopened.append(alert('3'));
  expect((await openAlertLog(dataDir)).alerts).toEqual([alert('1'), alert('3')]);
});

it.each(['not JSON', '{"messageId":"1"}', ''])(
  'says which line of which file is no alert: %j',
  async (line) => {
    await (await openAlertLog(dataDir)).append(alert('1'));
    await appendFile(path, `${line}\n`);
    const opened = openAlertLog(dataDir);
    await expect(opened).rejects.toThrow(CorruptAlertLog);
    await expect(opened).rejects.toThrow(`Line 2 of ${path}`);
  },
);

it('does not list an alert that the disk did not take', async () => {
  const log = await openAlertLog(dataDir);
  await log.append(alert('1'));
  await rm(path);
  await mkdir(path);
  await expect(log.append(alert('2'))).rejects.toThrow('EISDIR');
  expect(log.alerts).toEqual([alert('1')]);
});
