import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createSubscriptionStore } from '../functions/adapters/dynamodb/tables.ts';
import { InvalidSetting } from '../functions/adapters/lambda/environment.ts';
import { isNamedBy, tagOf } from '../functions/api/http/answers.ts';
import { subscriptionIdOf } from '../functions/api/use-cases/subscriptions.ts';
import { isAskedFor, type Subscription } from '../functions/core/alerts/listeners.ts';
import { omit } from '../functions/core/objects.ts';
import { claimDataDir } from './data-dir.ts';
import { startEmbeddedDynamoDb } from './dynamodb/embedded-dynamodb.ts';
import type { Surroundings } from './functions.ts';
import type { GatewayEvent } from './gateway/events.ts';
import type { LocalFunction } from './lambda/function.ts';
import { type Mailer, startMailer } from './mail/mailer.ts';
import type { Narrator } from './narrator.ts';
import { type MessageQueue, startMessageQueue } from './scheduler.ts';
import type { LocalSettings } from './settings.ts';
import { type EmbeddedSns, startEmbeddedSns } from './sns/embedded-sns.ts';
import { synthesisOfStack } from './synthesis.ts';

/** What stands around the functions. */
interface Engines {
  readonly sns: EmbeddedSns;
  /** Absent where no sweep is to have follow-ups. */
  readonly messages: MessageQueue | undefined;
  /** Absent when alerts are only shown. */
  readonly mailer: Mailer | undefined;
  readonly surroundings: Surroundings;
  /** The routes of the API as the stack defines them. */
  readonly routeKeys: readonly string[];
}

/** Gets whatever must be stopped when the run stops, in the order in which it was started. */
export type StopLater = (stop: () => Promise<void>) => void;

/**
 * Starts tables and topic as the stack defines them, and what mails the alerts.
 *
 * @throws InvalidSetting, DataDirRefused, DataDirInUse, StoreUnreadable, DiskFull or CorruptFile, which say what to do
 */
export async function startEngines(
  settings: LocalSettings,
  tell: Narrator,
  later: StopLater,
): Promise<Engines> {
  const { dataDir, mail, upstream, timeZone } = settings;
  if (dataDir) await claimDataDir(dataDir, upstream?.ITWIN_API_URL);
  const sockets = await makeSocketFolder();
  later(() => rm(sockets, { recursive: true, force: true }));
  if (Buffer.byteLength(join(sockets, 'dynamodb')) > LONGEST_SOCKET) throw wrongTmpDir();
  const { template, subscriptions: ofStack, routeKeys } = await synthesisOfStack();
  const socket = join(sockets, 'dynamodb');
  const tables = await startEmbeddedDynamoDb({ template, socket, ...(dataDir && { dataDir }) });
  later(tables.close);
  const subscriptionOf = emailSubscriptions(tables.client);
  const mailer =
    mail && (await startMailer({ settings: mail, dataDir, tell, subscriptionOf, timeZone }));
  if (mailer) later(mailer.stop);
  const named = (mail?.to ?? []).map((endpoint) => ({ protocol: 'email', endpoint }));
  const subscriptions = [...ofStack, ...named];
  const sns = await startEmbeddedSns({
    topicName: 'Alerts',
    subscriptions,
    operators: mail?.operator ? [mail.operator] : [],
    dataDir,
    socket: join(sockets, 'sns'),
    isReached: mailer?.isReached,
    onAlert(alert) {
      tell.alert(alert);
      mailer?.take(alert);
    },
    onConfirmationMail({ to, confirm, end }) {
      if (mailer) mailer.welcome(to, confirm, end);
      else tell.warn(`${to} subscribed by email, and gets no mail: set SMTP_URL and ALERT_TO.`);
    },
  });
  later(sns.close);
  const messages = await startMessages(settings, join(sockets, 'sqs'), later);
  return {
    sns,
    messages,
    mailer,
    routeKeys,
    surroundings: {
      dynamoDbUrl: tables.url,
      snsUrl: sns.url,
      followUpQueueUrl: messages?.url ?? '',
      sockets,
      topicArn: sns.topicArn,
      operatorTopicArn: sns.operatorTopicArn,
      declaredSubscriptions: subscriptions.map(
        ({ protocol, endpoint }) => `${protocol}:${endpoint}`,
      ),
    },
  };
}

/** The longest path of a socket that the system takes (bytes, without the end). */
const LONGEST_SOCKET = process.platform === 'darwin' ? 103 : 107;

async function makeSocketFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
  } catch (cause) {
    throw wrongTmpDir(cause);
  }
}

function wrongTmpDir(cause?: unknown): InvalidSetting {
  return new InvalidSetting(
    `TMPDIR is "${tmpdir()}", where no sockets can be; set it to a folder with a short path, such as /tmp.`,
    { cause },
  );
}

/** Finds the subscription by email that somebody has asked for. */
function emailSubscriptions(client: DynamoDBClient) {
  const asked = createSubscriptionStore(DynamoDBDocumentClient.from(client), 'Subscriptions');
  return async (endpoint: string): Promise<Subscription | undefined> => {
    const found = await asked.get(subscriptionIdOf({ protocol: 'email', endpoint }));
    return found && isAskedFor(found) ? found : undefined;
  };
}

/** Where sweeps come more often than once a minute by themselves, none is to follow them. */
async function startMessages(
  { sweepSeconds, checkEverySeconds }: LocalSettings,
  socket: string,
  later: StopLater,
): Promise<MessageQueue | undefined> {
  if (sweepSeconds < 60 || checkEverySeconds === 60) return undefined;
  const messages = await startMessageQueue(socket);
  later(messages.close);
  return messages;
}

/** Every alert, newest first, and how its mails stand when there are any. */
export async function alertsOnRecord({ sns, mailer }: Engines): Promise<object[]> {
  const alerts = await sns.alerts();
  return alerts.map((alert) => {
    const { mailTo, ...rest } = alert;
    return { ...rest, ...(mailer && { mail: mailer.statusOf(alert) }) };
  });
}

/** An answer of the api function to who knows none. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Partial<Record<'Content-Type' | 'ETag', string>>>;
  readonly body: string;
}

/**
 * Has the api function answer a request for `/health`, and tells in its answer how the mail server is
 * doing. A refusal stays as it is.
 *
 * @throws what the function throws
 */
export async function healthWithMail(
  event: GatewayEvent,
  invoke: LocalFunction['invoke'],
  mailer: Mailer,
): Promise<unknown> {
  // The caller knows an answer with mail: the function would look for that among its own, without.
  const { 'if-none-match': known, ...asked } = event.headers;
  const answer = (await invoke({ ...event, headers: asked })) as Answer;
  if (answer.headers['Content-Type'] !== 'application/json') return answer;
  const health = JSON.parse(answer.body);
  const mail = await mailer.health();
  const status = mail.status === 'Down' && health.status === 'Ok' ? 'Degraded' : health.status;
  const body = JSON.stringify({ ...health, status, mail });
  if (!answer.headers.ETag) return { ...answer, body };
  const headers = { ...answer.headers, ETag: tagOf(body) };
  return isNamedBy(known, headers.ETag)
    ? { statusCode: 304, headers: omit(headers, 'Content-Type') }
    : { ...answer, headers, body };
}
