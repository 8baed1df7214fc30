import { hash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import { parseJson } from '../json-lines.ts';
import type { AcceptedAlert } from '../sns/records.ts';

const machineReadable = z.object({ id: z.string() });

/**
 * The id of an alert, which stays the same when it is published once more; of a message that is
 * none of the monitor's, the id that SNS gave it.
 */
export function alertIdOf(alert: AcceptedAlert): string {
  const { data } = machineReadable.safeParse(parseJson(alert.default));
  return data?.id ?? alert.messageId;
}

/**
 * The mail that tells one address of an alert. It is the same mail however often it is sent, so
 * that mail programs, which know a mail by its `Message-ID`, can drop repeats.
 */
export function messageOf(alert: AcceptedAlert, from: string, to: string): SendMailOptions {
  const [, domain] = from.split('@');
  return {
    from: { name: 'Extraction Monitor', address: from },
    to,
    subject: alert.subject ?? 'Alert',
    text: alert.email,
    date: new Date(alert.publishedAt),
    messageId: `<${hash('sha256', alertIdOf(alert)).slice(0, 32)}@${domain}>`,
    // Keeps out-of-office notes from being sent in reply [RFC 3834, section 5].
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
