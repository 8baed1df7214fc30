/**
 * SNS on one machine: the alert topic with its subscriptions, behind an endpoint for the SDK.
 *
 * Topic, queues and subscriptions are made anew at every start, so that a changed filter policy of the
 * stack applies and nothing is there twice. What lasts is the log of alerts and the subscriptions that
 * were asked for by requests, and both are on disk before such a request is answered: a process that
 * is killed at any instant has lost nothing that it accepted. The engine could keep its queues on disk
 * itself, but it writes them one after the other, and to create a queue again after a restart deletes
 * its messages.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { createEngine, type Engine, EngineRefusal } from './engine.ts';
import { openMailboxes } from './mailboxes.ts';
import { createPeople, type Person } from './people.ts';
import { errorAnswer, type SnsAnswer, xmlElement } from './query-protocol.ts';
import { type AcceptedAlert, openAlertLog, openSubscriptionFile } from './records.ts';
import {
  type ActionParts,
  answerAboutSubscriptions,
  declare,
  restore,
  type Subscription,
} from './subscription-actions.ts';

/** What to start, and where to keep it. */
interface EmbeddedSnsOptions {
  readonly topicName: string;
  /** Those that the stack declares, which count as confirmed. */
  readonly subscriptions: readonly Subscription[];
  /** Where to keep alerts and subscriptions. Default: they are forgotten with the process. */
  readonly dataDir?: string | undefined;
  /** @default 'us-east-1' */
  readonly region?: string | undefined;
  /** Addresses to which every alert is owed as real mail; kept with the alert. Default: none. */
  readonly mailTo?: readonly string[] | undefined;
  /** Called once for every alert, in order, as it is published. Must not throw. */
  readonly onAlert?: ((alert: AcceptedAlert) => void) | undefined;
  /** Called for every mail that asks somebody to confirm a subscription. Must not throw. */
  readonly onConfirmationMail?: ((mail: ConfirmationMail) => void) | undefined;
}

/** What a mailbox gets before it gets alerts. */
export interface ConfirmationMail {
  /** The address. */
  readonly to: string;
  /** Who opens it has confirmed. */
  readonly link: string;
}

/** A running SNS. */
export interface EmbeddedSns {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  readonly topicArn: string;
  /** Every alert that was ever published, newest first. */
  alerts(): Promise<readonly AcceptedAlert[]>;
  /** Stops listening and waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Starts an SNS with one topic on a free port of 127.0.0.1.
 *
 * @throws {InvalidSubscription} SNS would refuse one of the subscriptions
 * @throws {EngineRefusal} SNS would refuse the name of the topic
 * @throws {CorruptFile} a file in `dataDir` was changed by something else
 */
export async function startEmbeddedSns(options: EmbeddedSnsOptions): Promise<EmbeddedSns> {
  const { topicName, dataDir, region = 'us-east-1', mailTo, onAlert } = options;
  const engine = createEngine(region);
  const topicArn = await createTopic(engine, topicName);
  const mailboxes = await openMailboxes(engine, topicArn);
  const people = createPeople(engine, mailboxes);
  const askToConfirm = ({ endpoint: to, arn: Token }: Person) => {
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token });
    options.onConfirmationMail?.({ to, link: `${endpoint.url}/?${query}` });
  };
  const answerOther = await subscribeAll({ engine, topicArn, people, askToConfirm }, options);
  const log = await openAlertLog(dataDir);
  const inTurn = pLimit(1);

  const publish = async (request: URLSearchParams): Promise<SnsAnswer> => {
    const answer = await engine.sns(request);
    const collected = await mailboxes.collect(request.get('MessageStructure'));
    if (collected !== undefined) {
      const alert = { ...collected, ...(mailTo && { mailTo }) };
      await log.append(alert);
      // In a tick of its own: an error in the listener must not make the publisher try again.
      if (onAlert !== undefined) process.nextTick(onAlert, alert);
    }
    return answer;
  };
  const endpoint = await serveSns((request) =>
    inTurn(() => (request.get('Action') === 'Publish' ? publish(request) : answerOther(request))),
  );
  // The links of the last run lead nowhere: its port was another one.
  for (const person of people.all()) if (!person.mailbox) askToConfirm(person);

  return {
    url: endpoint.url,
    topicArn,
    alerts: async () => log.entries.toReversed(),
    async close() {
      await endpoint.close();
      await inTurn(engine.close);
    },
  };
}

/**
 * Makes the subscriptions of the stack and those that are kept.
 *
 * @returns what answers requests from then on, and keeps what they have made
 */
async function subscribeAll(
  parts: ActionParts,
  { subscriptions, dataDir }: EmbeddedSnsOptions,
): Promise<(request: URLSearchParams) => Promise<SnsAnswer>> {
  const file = await openSubscriptionFile(dataDir);
  for (const subscription of subscriptions) await declare(parts, subscription);
  for (const subscription of file.kept) await restore(parts, subscription);
  return async (request) => {
    const answer = await answerAboutSubscriptions(parts, request);
    await file.save(await parts.people.toKeep());
    return answer;
  };
}

async function createTopic(engine: Engine, name: string): Promise<string> {
  const { body } = await engine.sns(new URLSearchParams({ Action: 'CreateTopic', Name: name }));
  const topicArn = xmlElement(body, 'TopicArn');
  if (topicArn === undefined) throw new EngineRefusal(`SNS refuses the topic '${name}': ${body}`);
  return topicArn;
}

/**
 * Serves SNS on a free port of 127.0.0.1; whatever `answer` throws, the client gets as a 500. Requests
 * are posted, but for links in mails, which somebody opens.
 */
async function serveSns(
  answer: (request: URLSearchParams) => Promise<SnsAnswer>,
): Promise<Pick<EmbeddedSns, 'url' | 'close'>> {
  const server = createServer(async (request, response) => {
    const { status, body } = await formOf(request)
      .then(answer)
      .catch((error: unknown) => errorAnswer(500, 'InternalError', String(error)));
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a mail may link to. */
const LINKED: ReadonlySet<string | null> = new Set(['ConfirmSubscription', 'Unsubscribe']);

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const { method, url = '' } = request;
  if (method !== 'GET') return new URLSearchParams(await text(request));
  const query = new URLSearchParams(url.slice(url.indexOf('?')));
  return LINKED.has(query.get('Action')) ? query : new URLSearchParams();
}
