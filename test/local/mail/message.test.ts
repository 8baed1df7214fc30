import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { AlertFilter } from '../../../functions/core/alerts/filters.ts';
import { connectMailServer } from '../../../local/mail/mail-server.ts';
import { messageOf, welcomeOf } from '../../../local/mail/message.ts';
import type { AcceptedAlert } from '../../../local/sns/records.ts';
import { alert } from './support/alerts.ts';
import { startMailServer } from './support/mail-server.ts';

const FROM = 'monitor@example.org';
const TO = 'ops@example.com';
const SUBSCRIPTION = {
  subscriptionId: 'c1669eda0aa96a7022059c8ea611f4fc',
  protocol: 'email',
  endpoint: TO,
  subscribedAt: 0,
  subscribedBy: 'somebody',
  updatedAt: 0,
  updatedBy: 'somebody',
  version: 1,
};

/** Sends an alert, and gives what arrived. */
async function mailed(sent: AcceptedAlert) {
  const server = await startMailServer();
  await connectMailServer(server.settings).send(messageOf(sent, FROM, TO));
  const [mail, ...others] = server.mails;
  expect(others).toEqual([]);
  if (mail === undefined) throw new Error('Nothing arrived');
  return mail;
}

it('a mail has the subject and the text of the alert, character for character', async () => {
  const text = [
    'Brücke über den Neris – 3.4 → 4.5 ✓',
    '',
    '  indented, and longer than a line of a mail may be '.repeat(30),
    '.',
    '. a dot ends a mail where the client is careless',
    'From here on it is as it was',
    '',
  ].join('\n');
  const mail = await mailed(alert('7', { subject: 'Failed: Bridge', email: text }));
  expect(mail.email.subject).toBe('Failed: Bridge');
  expect(mail.email.text).toBe(text);
  expect(mail.email.html).toBeUndefined();
  expect(mail.source).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
});

it('the way to stop mails leads to who sends them, whatever the address is made of', () => {
  const from = 'team?#%&41+ops@example.org';
  const { headers } = messageOf(alert('7'), from, TO, SUBSCRIPTION.subscriptionId);
  const [, link = ''] = /^<(.*)>$/.exec(Object(headers)['List-Unsubscribe']) ?? [];
  const { protocol, pathname, search } = new URL(link);
  expect([protocol, decodeURIComponent(pathname)]).toEqual(['mailto:', from]);
  expect(search).toBe(`?subject=unsubscribe%20${SUBSCRIPTION.subscriptionId}`);
});

it('a mail comes from the monitor, to one receiver alone, as of when the alert was published', async () => {
  const { from, to, email, source } = await mailed(
    alert('7', { mailTo: [TO, 'boss@example.com'] }),
  );
  expect({ from, to }).toEqual({ from: FROM, to: [TO] });
  expect(email.from).toMatchObject({ name: 'Extraction Monitor', address: FROM });
  expect(email.to).toMatchObject([{ address: TO }]);
  expect(source).toMatch(/^Date: Fri, 02 Jan 2026 03:04:05 \+0000\r$/m);
});

it('a mail says that a machine wrote it, so that no absence note is sent in reply', async () => {
  const { source } = await mailed(alert('7'));
  expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
});

it('a repeated mail has the same Message-ID, another alert another one', async () => {
  const id = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03/2026-01-01T00:00:00.000Z/5';
  const first = await mailed(alert(id));
  const again = await mailed(alert(id, { messageId: 'another publish' }));
  const next = await mailed(alert(id.replace(/5$/, '6')));
  expect(first.source).toMatch(/^Message-ID: <[0-9a-f]{32}@example\.org>\r$/m);
  expect(again.email.messageId).toBe(first.email.messageId);
  expect(next.email.messageId).not.toBe(first.email.messageId);
});

it('a message that is none of the monitor’s is mailed as well, by the id that SNS gave it', async () => {
  const foreign = alert('7', { default: 'text', subject: null });
  const { email } = await mailed(foreign);
  const next = await mailed({ ...foreign, messageId: 'sns-8' });
  expect(email.subject).toBe('Alert');
  expect(next.email.messageId).not.toBe(email.messageId);
});

it('no text of an alert can add a header or a receiver', async () => {
  const hostile = 'x\r\nBcc: all@example.com\r\nSubject: y\r\n\r\nbody\u2028\0';
  const { to, email } = await mailed(
    alert('7', {
      subject: hostile,
      email: `a\r\n.\r\nMAIL FROM:<x@example.com>\r\nRCPT TO:<all@example.com>\r\n${hostile}`,
      default: JSON.stringify({ id: `7>${hostile}` }),
    }),
  );
  expect(to).toEqual([TO]);
  expect(email.bcc).toBeUndefined();
  expect(email.headers.filter(({ key }) => key === 'subject')).toHaveLength(1);
  expect(email.subject).toContain('Bcc: all@example.com');
  expect(email.text).toContain('RCPT TO:<all@example.com>');
  expect(email.messageId).toMatch(/^<[0-9a-f]{32}@example\.org>$/);
});

it('the first mail to who subscribed tells all that the filter says', () => {
  const iModelIds = [randomUUID(), randomUUID()];
  const mailFor = (filter: AlertFilter) =>
    String(welcomeOf({ ...SUBSCRIPTION, filter }, FROM).text);
  const text = mailFor({
    states: ['Failed', 'TimedOut'],
    onlyWithIssues: true,
    labelPrefixes: ['Tower'],
    jobKinds: ['carbon-ec3', 'reporting-extraction'],
    iModelIds,
  });
  for (const part of ['Failed, TimedOut', 'without issues', '| Tower', 'carbon-ec3', ...iModelIds])
    expect(text).toContain(part);
  expect(mailFor({ exceptIModelIds: iModelIds })).toMatch(
    new RegExp(`Not of runs of these iModels:\n {2}${iModelIds.join('\n {2}')}\n`),
  );
  expect(mailFor({})).not.toMatch(/Only|Not of/);
});
