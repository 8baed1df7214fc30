import { describe, expect, it } from 'vitest';
import { noticeMessage } from '../../../../functions/core/alerts/notice.ts';
import { CAUSES, type Cause } from '../../../../functions/core/sweeps/causes.ts';
import {
  type Notice,
  TROUBLE_NAMES,
  type TroubleName,
} from '../../../../functions/core/sweeps/troubles.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { show } from './texts/support/show.ts';

const SINCE = Date.UTC(2026, 10, 23, 14, 5, 9);

function notice(name: TroubleName, phase: Notice['phase'], cause: Cause = name): Notice {
  const seenAt = SINCE + (phase === 'Began' ? 31 * MINUTE : 2 * HOUR + 5 * MINUTE);
  const id = `${name}/${SINCE}/${phase.toLowerCase()}`;
  return { id, name, phase, cause, since: SINCE, seenAt, pending: 1_234 };
}

/** Mended with `npm run docs:alerts`; read each changed file before you commit it. */
describe('the texts of a notice read as in golden/:', () => {
  it.each(TROUBLE_NAMES)('%s', async (name) => {
    await expect(show(noticeMessage(notice(name, 'Began')))).toMatchFileSnapshot(
      `golden/${name}.txt`,
    );
  });

  it('over', async () => {
    const text = show(noticeMessage(notice('UpstreamDown', 'Over'), 'Europe/Vilnius'));
    await expect(text).toMatchFileSnapshot('golden/Over.txt');
  });

  it('no credentials yet', async () => {
    const missing = notice('CredentialsRefused', 'Began', 'CredentialsMissing');
    await expect(show(noticeMessage(missing))).toMatchFileSnapshot('golden/CredentialsMissing.txt');
  });
});

describe.each(Object.keys(CAUSES) as Cause[])('a notice over %s', (cause) => {
  it.each(['Began', 'Over'] as const)('fits phone, mailbox and machine (%s)', (phase) => {
    const {
      subject,
      email,
      sms,
      default: json,
    } = noticeMessage(notice('SweepErrors', phase, cause));
    expect(subject).toMatch(/^Extraction Monitor: [ -~]{1,80}$/);
    expect(sms).toMatch(/^Monitor: [ -~]{1,151}$/);
    expect(sms).not.toMatch(/[[\]{}^~|\\]/);
    expect(Math.max(...email.split('\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(JSON.parse(json)).toMatchObject({ version: 1, kind: 'Notice', phase, cause });
  });
});
