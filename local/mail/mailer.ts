import { setTimeout as sleep } from 'node:timers/promises';
import type { SendMailOptions } from 'nodemailer';
import type { Subscription } from '../../functions/core/alerts/listeners.ts';
import { formatDuration, SECOND } from '../../functions/core/time.ts';
import type { Narrator } from '../narrator.ts';
import { type AcceptedAlert, isNotice } from '../sns/records.ts';
import { createDeliveryQueue, WAITS, type Waits } from './delivery-queue.ts';
import {
  type MailHealth,
  type WatchedMailServer,
  watchMailServer,
  wordsOf,
} from './mail-server.ts';
import { messageOf, welcomeOf } from './message.ts';
import { type Letter, type MailStatus, openOutbox } from './outbox.ts';
import type { MailSettings } from './settings.ts';

/** What to mail by, and where to remember it. */
interface MailerOptions {
  readonly settings: MailSettings;
  /** Where to keep `mails.jsonl`. Default: what was mailed is forgotten with the process. */
  readonly dataDir?: string | undefined;
  readonly tell: Pick<Narrator, 'say' | 'warn'>;
  readonly waits?: Waits;
  /** In which people are told times. @default 'UTC' */
  readonly timeZone?: string | undefined;
  /** What somebody whom `ALERT_TO` does not name has asked for; nothing when that is over. */
  readonly subscriptionOf?: (to: string) => Promise<Subscription | undefined>;
}

/** Mails alerts: each to every address it is owed to, at least once. */
export interface Mailer {
  /**
   * Tells whether the server answers, and takes the alerts of earlier runs, oldest first.
   *
   * @param subscribed who is owed alerts besides those whom `ALERT_TO` names
   */
  resume(alerts: readonly AcceptedAlert[], subscribed?: readonly string[]): void;
  /** Mails what is still owed of an alert. One that is taken twice is mailed once. */
  take(alert: AcceptedAlert): void;
  /**
   * Mails to somebody, before any alert, who asked for that and how to stop it.
   *
   * @param onSent called once the server has taken it
   * @param onOver called instead when the subscription is over by then
   */
  welcome(to: string, onSent: () => Promise<void>, onOver: () => Promise<void>): void;
  /** Whether mails to an address are taken, as far as the last tries tell. */
  isReached(to: string): boolean;
  /** How the server is doing: asked, when the last try is some while ago. */
  health(): Promise<MailHealth>;
  statusOf(alert: AcceptedAlert): readonly MailStatus[];
  /** What the server has not taken yet, one line for each alert and address. */
  notMailed(): readonly string[];
  /** No further try begins; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** A mail on its way to one address. */
interface Parcel {
  readonly to: string;
  /** What to call it. */
  readonly subject: string;
  /** The mail as it is due now; nothing when it is not wanted any more. */
  message(): Promise<SendMailOptions | undefined>;
  sent(): Promise<void>;
  dropped(): Promise<void>;
  failed(why: string): void;
}

/** How long (ms) to wait for what the server says when asked how it is. */
const PATIENCE = 3 * SECOND;

/**
 * Starts a mailer, with a queue for every address, so that one which is refused holds up no other.
 *
 * @throws {CorruptFile} `mails.jsonl` was changed by something else
 */
export async function startMailer(options: MailerOptions): Promise<Mailer> {
  const { settings, dataDir, tell, timeZone, subscriptionOf = async () => undefined } = options;
  const { from } = settings;
  const operators = settings.operator ? [settings.operator] : [];
  const named = new Set([...settings.to, ...operators]);
  const namedFor = (alert: AcceptedAlert) => (isNotice(alert) ? operators : settings.to);
  const server = watchMailServer(settings.server);
  const outbox = await openOutbox(dataDir, namedFor, (error) =>
    tell.warn(`mails.jsonl cannot be written, so a restart may repeat mails. ${error}`),
  );
  const queues = createQueues(server, options);
  const welcomed = new Set<string>();

  function put(alert: AcceptedAlert, known: readonly string[]): void {
    for (const letter of outbox.put(alert, known)) queues.add(parcelOf(letter));
  }
  function parcelOf(letter: Letter): Parcel {
    const { alert, to } = letter;
    return {
      to,
      subject: alert.subject ?? 'Alert',
      async message() {
        if (named.has(to)) return messageOf(alert, from, to);
        const subscription = await subscriptionOf(to);
        return subscription && messageOf(alert, from, to, subscription.subscriptionId);
      },
      sent: () => outbox.sent(letter, Date.now()),
      dropped: () => outbox.dropped(letter),
      failed: (why) => outbox.failed(letter, why),
    };
  }
  return {
    resume(alerts, subscribed = []) {
      void tellWhetherItAnswers(server, tell);
      for (const alert of alerts) put(alert, [...named, ...subscribed]);
    },
    take: (alert) => put(alert, alert.mailTo ?? []),
    welcome(to, onSent, onOver) {
      if (welcomed.has(to)) return;
      welcomed.add(to);
      queues.add({
        to,
        subject: 'the subscription',
        async message() {
          const subscription = await subscriptionOf(to);
          return subscription && welcomeOf(subscription, from, timeZone);
        },
        sent: () => onSent().finally(() => welcomed.delete(to)),
        dropped: () => onOver().finally(() => welcomed.delete(to)),
        failed: () => undefined,
      });
    },
    isReached: (to) => !server.isDown() && !queues.isFailing(to),
    async health() {
      await Promise.race([server.refresh(), sleep(PATIENCE, undefined, { ref: false })]);
      return { ...server.state(), owed: outbox.owed().length + welcomed.size };
    },
    statusOf: outbox.statusOf,
    notMailed: () => outbox.owed().map(({ alert, to }) => `${to}: ${alert.subject}`),
    stop: queues.stop,
  };
}

/** A queue for each address. */
function createQueues(
  server: WatchedMailServer,
  { tell, waits = WAITS }: Pick<MailerOptions, 'tell' | 'waits'>,
) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const failing = new Set<string>();
  const queues = new Map<string, ReturnType<typeof createDeliveryQueue<Parcel>>>();

  async function send(parcel: Parcel): Promise<void> {
    const message = await parcel.message();
    if (message === undefined) return parcel.dropped();
    await server.send(message);
    failing.delete(parcel.to);
    tell.say(`Mailed to ${parcel.to}: ${parcel.subject}`);
    // The server has it: an error, of a full disk say, would have the mail sent again and again.
    await parcel.sent().catch((error) => {
      tell.warn(`That ${parcel.to} was mailed is not kept. ${wordsOf(error)}`);
    });
  }
  function onFailure({ to, subject, failed }: Parcel, error: unknown, wait: number): void {
    failing.add(to);
    failed(wordsOf(error));
    const next = `next try in ${formatDuration(wait)}`;
    tell.warn(`Not mailed to ${to}: ${subject} (${next}). ${wordsOf(error)}`);
  }
  return {
    add(parcel: Parcel) {
      const queue =
        queues.get(parcel.to) ?? createDeliveryQueue({ send, onFailure, waits, signal });
      queues.set(parcel.to, queue);
      queue.add(parcel);
    },
    isFailing: (to: string) => failing.has(to),
    async stop() {
      stopping.abort();
      await Promise.all([...queues.values()].map((queue) => queue.ended()));
    },
  };
}

/** A server that is set up wrongly is better known of before the first alert. */
async function tellWhetherItAnswers(
  server: WatchedMailServer,
  tell: MailerOptions['tell'],
): Promise<void> {
  try {
    await server.verify();
    tell.say('The mail server answers');
  } catch (error) {
    tell.warn(`Mails will have to wait. ${wordsOf(error)}`);
  }
}
