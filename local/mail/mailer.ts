import { formatDuration } from '../../functions/core/time.ts';
import type { Narrator } from '../narrator.ts';
import type { AcceptedAlert } from '../sns/records.ts';
import { createDeliveryQueue, WAITS, type Waits } from './delivery-queue.ts';
import { connectMailServer, type MailServer } from './mail-server.ts';
import { messageOf } from './message.ts';
import { type Letter, type MailStatus, openOutbox } from './outbox.ts';
import type { MailSettings } from './settings.ts';

/** What to mail by, and where to remember it. */
interface MailerOptions {
  readonly settings: MailSettings;
  /** Where to keep `mails.jsonl`. Default: what was mailed is forgotten with the process. */
  readonly dataDir?: string | undefined;
  readonly tell: Pick<Narrator, 'say' | 'warn'>;
  readonly waits?: Waits;
}

/** Mails alerts: each to every address, at least once. */
export interface Mailer {
  /** Tells whether the server answers, and takes the alerts of earlier runs, oldest first. */
  resume(alerts: readonly AcceptedAlert[]): void;
  /** Mails what is still owed of an alert. One that is taken twice is mailed once. */
  take(alert: AcceptedAlert): void;
  statusOf(alert: AcceptedAlert): readonly MailStatus[];
  /** What the server has not taken yet, one line for each alert and address. */
  notMailed(): readonly string[];
  /** No further try begins; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/**
 * Starts a mailer, with a queue for every address, so that one which is refused holds up no other.
 *
 * @throws {CorruptFile} `mails.jsonl` was changed by something else
 */
export async function startMailer(options: MailerOptions): Promise<Mailer> {
  const { settings, dataDir, tell, waits = WAITS } = options;
  const server = connectMailServer(settings.server);
  const outbox = await openOutbox(dataDir, settings.to, (error) =>
    tell.warn(`mails.jsonl cannot be written, so a restart may repeat mails. ${error}`),
  );
  const stopping = new AbortController();
  const { signal } = stopping;
  const queues = new Map(
    settings.to.map((to) => [to, createDeliveryQueue({ send, onFailure, waits, signal })]),
  );

  async function send(letter: Letter): Promise<void> {
    await server.send(messageOf(letter.alert, settings.from, letter.to));
    tell.say(`Mailed to ${nameOf(letter)}`);
    await outbox.sent(letter, Date.now());
  }
  function onFailure(letter: Letter, error: unknown, wait: number): void {
    outbox.failed(letter, wordsOf(error));
    const next = `next try in ${formatDuration(wait)}`;
    tell.warn(`Not mailed to ${nameOf(letter)} (${next}). ${wordsOf(error)}`);
  }
  function take(alert: AcceptedAlert): void {
    for (const letter of outbox.put(alert)) queues.get(letter.to)?.add(letter);
  }
  return {
    resume(alerts) {
      void tellWhetherItAnswers(server, tell);
      alerts.forEach(take);
    },
    take,
    statusOf: outbox.statusOf,
    notMailed: () => outbox.owed().map(nameOf),
    async stop() {
      stopping.abort();
      await Promise.all([...queues.values()].map((queue) => queue.ended()));
    },
  };
}

/** A server that is set up wrongly is better known of before the first alert. */
async function tellWhetherItAnswers(
  server: MailServer,
  tell: MailerOptions['tell'],
): Promise<void> {
  try {
    await server.verify();
    tell.say('The mail server answers');
  } catch (error) {
    tell.warn(`Mails will have to wait. ${wordsOf(error)}`);
  }
}

function nameOf({ alert, to }: Letter): string {
  return `${to}: ${alert.subject}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
