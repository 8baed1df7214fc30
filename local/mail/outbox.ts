import { isoTime } from '../../functions/core/time.ts';
import type { AcceptedAlert } from '../sns/alert-log.ts';
import { type MailRecord, openMailLog, readdressed, unsent } from './mail-log.ts';
import { alertIdOf } from './message.ts';

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
  /** Puts in what is owed of an alert, and gives the letters that were not in it already. */
  put(alert: AcceptedAlert): readonly Letter[];
  /** The server has taken a letter, at `now` (ms since the epoch); resolves once that is on record. */
  sent(letter: Letter, now: number): Promise<void>;
  failed(letter: Letter, why: string): void;
  statusOf(alert: AcceptedAlert): readonly MailStatus[];
  /** The letters that are not sent, oldest alert first. */
  owed(): readonly Letter[];
}

/**
 * Opens the outbox.
 *
 * @param dataDir where `mails.jsonl` is kept. Default: what was sent is forgotten with the process
 * @param named the addresses that `ALERT_TO` names now
 * @param onError is told why a record is not on the disk: it then ends with the process
 * @throws {CorruptFile} `mails.jsonl` was changed by something else
 */
export async function openOutbox(
  dataDir: string | undefined,
  named: readonly string[],
  onError: (error: unknown) => void,
): Promise<Outbox> {
  const log = await openMailLog(dataDir);
  const owed = new Map<string, Letter>();
  const lastErrors = new Map<string, string>();
  const save = (record: MailRecord) => log.save(record).catch(onError);

  return {
    put(alert) {
      const record = log.recordOf(alert);
      const current = readdressed(record, named);
      if (current !== record) void save(current);
      const letters = unsent(current)
        .map((to) => ({ alert, to }))
        .filter((letter) => !owed.has(keyOf(letter)));
      for (const letter of letters) owed.set(keyOf(letter), letter);
      return letters;
    },
    sent(letter, now) {
      owed.delete(keyOf(letter));
      const record = log.recordOf(letter.alert);
      return save({ ...record, sent: { ...record.sent, [letter.to]: isoTime(now) } });
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
