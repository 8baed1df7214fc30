import { join } from 'node:path';
import { z } from 'zod';
import { RETENTION } from '../../functions/core/jobs/job.ts';
import { DAY, isoTime } from '../../functions/core/time.ts';
import { openJsonLines } from '../json-lines.ts';
import type { AcceptedAlert } from '../sns/records.ts';
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
type MailRecord = z.infer<typeof mailRecord>;

/** An alert on its way to one address. */
export interface Letter {
  readonly alert: AcceptedAlert;
  readonly to: string;
}

/** How an alert stands with one of those it is owed to; `sentAt` is ISO 8601, UTC. */
export interface MailStatus {
  readonly to: string;
  readonly status: 'Owed' | 'Sent';
  readonly sentAt?: string;
  /** Why the last try failed. */
  readonly lastError?: string;
}

/** What is owed to whom, and what was sent. */
interface Outbox {
  /**
   * Puts in what is owed of an alert, and gives the letters that were not in it already.
   *
   * @param known the addresses that may still get it
   */
  put(alert: AcceptedAlert, known: readonly string[]): readonly Letter[];
  /** The server has taken a letter, at `now` (ms since the epoch); resolves once that is on record. */
  sent(letter: Letter, now: number): Promise<void>;
  /** Nobody wants a letter any more; resolves once that is on record. */
  dropped(letter: Letter): Promise<void>;
  failed(letter: Letter, why: string): void;
  statusOf(alert: AcceptedAlert): readonly MailStatus[];
  /** The letters that are not sent, oldest alert first. */
  owed(): readonly Letter[];
}

/**
 * Opens the outbox.
 *
 * @param dataDir where `mails.jsonl` is kept. Default: what was sent is forgotten with the process
 * @param named the addresses that settings name now for an alert
 * @param onError is told why a record is not on the disk: it then ends with the process
 * @throws {CorruptFile} `mails.jsonl` was changed by something else
 */
export async function openOutbox(
  dataDir: string | undefined,
  named: (alert: AcceptedAlert) => readonly string[],
  onError: (error: unknown) => void,
): Promise<Outbox> {
  const log = await openMailLog(dataDir);
  const owed = new Map<string, Letter>();
  const lastErrors = new Map<string, string>();
  const save = (record: MailRecord) => log.save(record).catch(onError);
  const settle = (letter: Letter) => {
    owed.delete(keyOf(letter));
    lastErrors.delete(keyOf(letter));
  };

  return {
    put(alert, known) {
      const record = log.recordOf(alert);
      const current = readdressed(record, known, named(alert));
      if (current !== record) void save(current);
      const letters = unsent(current)
        .map((to) => ({ alert, to }))
        .filter((letter) => !owed.has(keyOf(letter)));
      for (const letter of letters) owed.set(keyOf(letter), letter);
      return letters;
    },
    sent(letter, now) {
      settle(letter);
      const record = log.recordOf(letter.alert);
      return save({ ...record, sent: { ...record.sent, [letter.to]: isoTime(now) } });
    },
    dropped(letter) {
      settle(letter);
      const record = log.recordOf(letter.alert);
      return save({ ...record, to: record.to.filter((address) => address !== letter.to) });
    },
    failed: (letter, why) => void lastErrors.set(keyOf(letter), why),
    statusOf: (alert) =>
      statuses(log.recordOf(alert), (to) => lastErrors.get(keyOf({ alert, to }))),
    owed: () => [...owed.values()],
  };
}

function statuses(
  { to, sent }: MailRecord,
  lastErrorOf: (address: string) => string | undefined,
): MailStatus[] {
  return to.map((address) => {
    const sentAt = sent[address];
    if (sentAt !== undefined) return { to: address, status: 'Sent', sentAt };
    const lastError = lastErrorOf(address);
    return { to: address, status: 'Owed', ...(lastError && { lastError }) };
  });
}

function keyOf({ alert, to }: Letter): string {
  return `${alertIdOf(alert)} ${to}`;
}

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
async function openMailLog(dataDir: string | undefined): Promise<MailLog> {
  let isRead = false;
  const path = dataDir && join(dataDir, 'mails.jsonl');
  const file = await openJsonLines(path, mailRecord, {
    // What was read and what is added is among the records, and need not be there twice.
    isOver: (record) => isRead || isOver(record),
  });
  const records = new Map(file.entries.map((record) => [record.alertId, record]));
  isRead = true;
  return {
    recordOf(alert) {
      const alertId = alertIdOf(alert);
      return records.get(alertId) ?? { alertId, to: alert.mailTo ?? [], sent: {} };
    },
    save(record) {
      // Of a run of years all would fill the memory.
      for (const [alertId, old] of records) {
        if (isOver(old)) records.delete(alertId);
        else if (newestOf(old) !== undefined) break;
      }
      records.set(record.alertId, record);
      return file.append(record);
    },
  };
}

/** When (ms since the epoch) the last mail of an alert was taken; undefined when none was. */
function newestOf({ sent }: MailRecord): number | undefined {
  const times = Object.values(sent).map((time) => Date.parse(time));
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** Whether its alert is so old that it is shown and mailed no more, a day's change of clocks included. */
function isOver(record: MailRecord): boolean {
  return (newestOf(record) ?? Number.POSITIVE_INFINITY) < Date.now() - RETENTION - DAY;
}

/** The addresses for which the mail server has not taken the alert yet. */
function unsent({ to, sent }: MailRecord): readonly string[] {
  return to.filter((address) => !Object.hasOwn(sent, address));
}

/**
 * A record as it is after the settings were changed to `named`: what an address that is no longer known
 * never got (it was misspelt, perhaps) is owed to all who are named now.
 */
function readdressed(
  record: MailRecord,
  known: readonly string[],
  named: readonly string[],
): MailRecord {
  if (unsent(record).every((address) => known.includes(address))) return record;
  const kept = record.to.filter((address) => known.includes(address));
  return { ...record, to: [...new Set([...kept, ...named])] };
}
