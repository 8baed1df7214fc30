import { join } from 'node:path';
import { z } from 'zod';
import { openJsonLines } from '../json-lines.ts';
import type { AcceptedAlert } from '../sns/alert-log.ts';
import { alertIdOf } from './message.ts';

const mailRecord = z
  .object({
    alertId: z.string(),
    to: z.array(z.string()).readonly(),
    sent: z.record(z.string(), z.iso.datetime()).readonly(),
  })
  .readonly();

/**
 * How far the mailing of one alert has come: `to` are the addresses that are owed it, and `sent`
 * says for which of them the mail server took it, and when (ISO 8601, UTC).
 */
export type MailRecord = z.infer<typeof mailRecord>;

/** What was mailed, and to whom. */
interface MailLog {
  recordOf(alert: AcceptedAlert): MailRecord;
  /**
   * Counts at once; resolves once it is on the disk.
   *
   * @throws the error of the file system; the record then ends with the process
   */
  save(record: MailRecord): Promise<void>;
}

/**
 * Opens `mails.jsonl` in `dataDir`, in which the last line about an alert counts. Without `dataDir`
 * the log ends with the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export async function openMailLog(dataDir: string | undefined): Promise<MailLog> {
  const file = await openJsonLines(dataDir && join(dataDir, 'mails.jsonl'), mailRecord);
  const records = new Map(file.entries.map((record) => [record.alertId, record]));
  return {
    recordOf(alert) {
      const alertId = alertIdOf(alert);
      return records.get(alertId) ?? { alertId, to: alert.mailTo ?? [], sent: {} };
    },
    save(record) {
      records.set(record.alertId, record);
      return file.append(record);
    },
  };
}

/** The addresses for which the mail server has not taken the alert yet. */
export function unsent({ to, sent }: MailRecord): readonly string[] {
  return to.filter((address) => !Object.hasOwn(sent, address));
}

/**
 * A record as it is after `ALERT_TO` was changed to `named`: what an address that is no longer named
 * never got (it was misspelt, perhaps) is owed to all who are named now.
 */
export function readdressed(record: MailRecord, named: readonly string[]): MailRecord {
  const isForNamed = unsent(record).every((address) => named.includes(address));
  return isForNamed ? record : { ...record, to: named };
}
