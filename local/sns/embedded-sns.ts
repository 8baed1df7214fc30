/**
 * SNS on one machine: the alert topic with its subscriptions, and the topic of notices to the operator,
 * behind an endpoint for the SDK.
 *
 * Topic, queues and subscriptions are made anew at every start, so that a changed filter policy of the
 * stack applies and nothing is there twice. What lasts is the log of alerts and the subscriptions that
 * were asked for by requests, and both are on disk before such a request is answered: a process that
 * is killed at any instant has lost nothing that it accepted. The engine could keep its queues on disk
 * itself, but it writes them one after the other, and to create a queue again after a restart deletes
 * its messages.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { listenFor, stopServer } from '../listen.ts';
import { createEngine, type Engine, EngineRefusal } from './engine.ts';
import { type Mailboxes, openMailboxes } from './mailboxes.ts';
import { createPeople, type People, type Person } from './people.ts';
import { errorAnswer, type SnsAnswer, xmlElement } from './query-protocol.ts';
import { type AcceptedAlert, isNotice, openAlertLog, openSubscriptionFile } from './records.ts';
import {
  type ActionParts,
  answerAboutSubscriptions,
  confirmPerson,
  declare,
  endPerson,
  restore,
  type Subscription,
} from './subscription-actions.ts';

/** What to start, and where to keep it. */
interface EmbeddedSnsOptions {
  readonly topicName: string;
  /** Email addresses of those who get the notices to the operator. @default nobody but the terminal */
  readonly operators?: readonly string[] | undefined;
  /** Those that the stack declares, which count as confirmed. */
  readonly subscriptions: readonly Subscription[];
  /** Where to keep alerts and subscriptions. Default: they are forgotten with the process. */
  readonly dataDir?: string | undefined;
  /** Where to listen. Default: a free port of 127.0.0.1, which is for tests. */
  readonly socket?: string | undefined;
  /** @default 'us-east-1' */
  readonly region?: string | undefined;
  /**
   * Whether mails to an address arrive. To be given when alerts are really mailed: each is then owed
   * to whom its filter lets it through, from the subscription on, and on record so.
   */
  readonly isReached?: ((address: string) => boolean) | undefined;
  /** Called once for every alert and every notice, in order, as it is published. Must not throw. */
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
  /** Does what the link does. */
  confirm(): Promise<void>;
  /** Ends the subscription, confirmed or not. */
  end(): Promise<void>;
}

/** A running SNS. */
export interface EmbeddedSns {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  readonly topicArn: string;
  readonly operatorTopicArn: string;
  /** Every alert that was published in the last 90 days, newest first. */
  alerts(): Promise<readonly AcceptedAlert[]>;
  /** The same of the notices to the operator. */
  notices(): Promise<readonly AcceptedAlert[]>;
  /** Everybody who is subscribed by email. */
  addresses(): readonly string[];
  /** Stops listening and waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Starts an SNS with one topic.
 *
 * @throws {InvalidSubscription} SNS would refuse one of the subscriptions
 * @throws {EngineRefusal} SNS would refuse the name of the topic
 * @throws {CorruptFile} a file in `dataDir` was changed by something else
 */
export async function startEmbeddedSns(options: EmbeddedSnsOptions): Promise<EmbeddedSns> {
  const { topicName, dataDir, region = 'us-east-1', isReached, onAlert = () => {} } = options;
  const engine = createEngine(region);
  const topicArn = await createTopic(engine, topicName);
  const mailboxes = await openMailboxes(engine, topicArn);
  const operators = await openOperatorTopic(engine, options.operators);
  const people = createPeople(engine, mailboxes);
  const inTurn = pLimit(1);
  const parts: ActionParts = {
    engine,
    topicArn,
    operatorTopicArn: operators.topicArn,
    people,
    askToConfirm: (person) => options.onConfirmationMail?.(confirmationOf(person)),
    isReached: isReached && ((person) => person.protocol !== 'email' || isReached(person.endpoint)),
  };
  const confirmationOf = (person: Person): ConfirmationMail => ({
    to: person.endpoint,
    link: `${endpoint.url}/?${confirmationQuery(topicArn, person)}`,
    confirm: () => inTurn(() => kept.keep(() => confirmPerson(parts, person))),
    end: () => inTurn(() => kept.keep(() => endPerson(parts, person))),
  });
  const kept = await subscribeAll(parts, options);
  const log = await openAlertLog(dataDir);
  const accept = async (alert: AcceptedAlert): Promise<void> => {
    await log.append(alert);
    // In a tick of its own: an error in the listener must not make the publisher try again.
    process.nextTick(onAlert, alert);
  };
  const publish = async (request: URLSearchParams): Promise<SnsAnswer> => {
    const answer = await engine.sns(request);
    const topic = request.get('TopicArn') === operators.topicArn ? operators.mailboxes : mailboxes;
    const collected = await topic.collect(request.get('MessageStructure'));
    if (collected)
      await accept(isReached ? { ...collected, mailTo: addressesIn(collected) } : collected);
    return answer;
  };
  const answerOther = (request: URLSearchParams) =>
    kept.keep(() => answerAboutSubscriptions(parts, request));
  const endpoint = await serveSns(options.socket, (request) =>
    inTurn(() => (request.get('Action') === 'Publish' ? publish(request) : answerOther(request))),
  );
  // The links of the last run lead nowhere: its port was another one.
  for (const person of people.all()) if (!person.isConfirmed) parts.askToConfirm(person);

  return {
    url: endpoint.url,
    topicArn,
    operatorTopicArn: operators.topicArn,
    alerts: async () => log.entries.filter((entry) => !isNotice(entry)).toReversed(),
    notices: async () => log.entries.filter(isNotice).toReversed(),
    addresses: () => addressesOf(people),
    async close() {
      await endpoint.close();
      await inTurn(engine.close);
    },
  };
}

/** The topic of notices, with the terminal and these addresses at it. */
async function openOperatorTopic(
  engine: Engine,
  addresses: readonly string[] = [],
): Promise<{ readonly topicArn: string; readonly mailboxes: Mailboxes }> {
  const topicArn = await createTopic(engine, 'Operators');
  const mailboxes = await openMailboxes(engine, topicArn);
  for (const address of addresses) await mailboxes.open(`email:${address}`, {});
  return { topicArn, mailboxes };
}

function addressesOf(people: People): readonly string[] {
  return people.all().flatMap(({ protocol, endpoint }) => (protocol === 'email' ? [endpoint] : []));
}

function confirmationQuery(TopicArn: string, { arn: Token }: Person): URLSearchParams {
  return new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn, Token });
}

/** Where the addresses are that an alert was delivered to. */
function addressesIn({ deliveredTo }: AcceptedAlert): readonly string[] {
  return deliveredTo.flatMap((name) => (name.startsWith('email:') ? [name.slice(6)] : []));
}

/**
 * Makes the subscriptions of the stack and those that are kept.
 *
 * @returns what puts on disk the changes that something makes
 */
async function subscribeAll(
  parts: ActionParts,
  { subscriptions, dataDir }: EmbeddedSnsOptions,
): Promise<{ keep<T>(change: () => Promise<T>): Promise<T> }> {
  const file = await openSubscriptionFile(dataDir);
  for (const subscription of subscriptions) await declare(parts, subscription);
  for (const subscription of file.kept) await restore(parts, subscription);
  return {
    async keep(change) {
      const result = await change();
      await file.save(await parts.people.toKeep());
      return result;
    },
  };
}

async function createTopic(engine: Engine, name: string): Promise<string> {
  const { body } = await engine.sns(new URLSearchParams({ Action: 'CreateTopic', Name: name }));
  const topicArn = xmlElement(body, 'TopicArn');
  if (topicArn === undefined) throw new EngineRefusal(`SNS refuses the topic '${name}': ${body}`);
  return topicArn;
}

/**
 * Serves SNS; whatever `answer` throws, the client gets as a 500. Requests
 * are posted, but for links in mails, which somebody opens.
 */
async function serveSns(
  socket: string | undefined,
  answer: (request: URLSearchParams) => Promise<SnsAnswer>,
): Promise<Pick<EmbeddedSns, 'url' | 'close'>> {
  const server = createServer(async (request, response) => {
    const { status, body } = await formOf(request)
      .then(answer)
      .catch((error: unknown) => errorAnswer(500, 'InternalError', String(error)));
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  return {
    url: await listenFor(server, socket),
    close: () => stopServer(server),
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
