/**
 * The actions of SNS on subscriptions. The engine delivers to queues alone, so one by email or SMS is
 * stood for by a queue from its confirmation to its end.
 *
 * What SNS does, and the engine does not:
 * - an SMS subscription is confirmed from the start;
 * - to subscribe once more without attributes changes nothing; who is pending gets the mail again;
 * - the ARN of a pending one is told only to who asks for it when subscribing;
 * - a pending one cannot be unsubscribed;
 * - a topic that is not there has no list, not even an empty one.
 *
 * Pending ones do not lapse here, as they do there after 48 hours.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 */
import type { Engine } from './engine.ts';
import { isMailbox } from './mailboxes.ts';
import type { People, Person } from './people.ts';
import {
  errorAnswer,
  type SnsAnswer,
  subscribeRequest,
  subscriptionAttributes,
  xmlElement,
} from './query-protocol.ts';
import type { KeptSubscription } from './records.ts';

/** A subscription of the alert topic, as the stack declares it. */
export interface Subscription {
  /** `email` or `sms`. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Attribute names to the values that are let through. Default: everything is. */
  readonly filterPolicy?: Readonly<Record<string, unknown>> | undefined;
  /** @default 'MessageAttributes' */
  readonly filterPolicyScope?: 'MessageAttributes' | 'MessageBody' | undefined;
}

/** SNS would refuse this subscription, so a deployment of the stack would fail. */
export class InvalidSubscription extends Error {
  override readonly name = 'InvalidSubscription';
}

/** What the actions work with. */
export interface ActionParts {
  readonly engine: Engine;
  readonly topicArn: string;
  /** Nobody subscribes to it by a request. */
  readonly operatorTopicArn: string;
  readonly people: People;
  /** Sends somebody the mail that asks for confirmation. */
  readonly askToConfirm: (person: Person) => void;
  /** Whether what is sent to somebody arrives; whom it is owed to from the start then. Default: as at SNS. */
  readonly isReached?: ((person: Person) => boolean) | undefined;
}

type Action = (parts: ActionParts, request: URLSearchParams) => Promise<SnsAnswer>;

const ACTIONS: Readonly<Record<string, Action>> = {
  Subscribe: subscribe,
  ConfirmSubscription: confirm,
  SetSubscriptionAttributes: change,
  Unsubscribe: unsubscribe,
  ListSubscriptions: list,
  ListSubscriptionsByTopic: list,
};

/** Protocols of people; what goes to queues, functions and servers is the engine's alone. */
const OF_PEOPLE: ReadonlySet<string> = new Set(['email', 'email-json', 'sms']);

/** Answers a request; one that is not about subscriptions is the engine's. Calls must not overlap. */
export function answerAboutSubscriptions(
  parts: ActionParts,
  request: URLSearchParams,
): Promise<SnsAnswer> {
  const action = ACTIONS[request.get('Action') ?? ''];
  return action ? action(parts, request) : parts.engine.sns(request);
}

/** Makes a subscription of the stack. @throws {InvalidSubscription} SNS would refuse it */
export async function declare(parts: ActionParts, subscription: Subscription): Promise<void> {
  const {
    protocol,
    endpoint,
    filterPolicy,
    filterPolicyScope = 'MessageAttributes',
  } = subscription;
  const attributes = filterPolicy && {
    FilterPolicy: JSON.stringify(filterPolicy),
    FilterPolicyScope: filterPolicyScope,
  };
  const request = subscribeRequest(parts.topicArn, protocol, endpoint, attributes ?? {});
  const { answer, person } = await addPerson(parts, request, true);
  if (person) return confirmPerson(parts, person);
  throw new InvalidSubscription(
    `SNS refuses to subscribe ${protocol}:${endpoint}. Mend the subscription. ` +
      `${xmlElement(answer.body, 'Message') ?? answer.body}`,
  );
}

/**
 * Makes a subscription as it was in an earlier run. One that is declared by now is left to that; one that
 * nothing would be sent to is not made, so that it counts as vanished.
 */
export async function restore(parts: ActionParts, kept: KeptSubscription): Promise<void> {
  const { protocol, endpoint, attributes, isConfirmed } = kept;
  if (isSentNowhere(parts, protocol) || find(parts.people, protocol, endpoint)) return;
  const request = subscribeRequest(parts.topicArn, protocol, endpoint, attributes);
  const { person } = await addPerson(parts, request, false);
  if (person && isConfirmed) await confirmPerson(parts, person);
}

async function subscribe(parts: ActionParts, request: URLSearchParams): Promise<SnsAnswer> {
  if (isSentNowhere(parts, request.get('Protocol'))) {
    const reason = 'this run sends mails, but no SMS. Subscribe an email address';
    return errorAnswer(400, 'InvalidParameter', `Invalid parameter: Protocol Reason: ${reason}`);
  }
  const { answer, person } = await addPerson(parts, request, false);
  if (!person || person.isConfirmed) return answer;
  parts.askToConfirm(person);
  if (request.get('ReturnSubscriptionArn') === 'true') return answer;
  return { ...answer, body: answer.body.replace(person.arn, 'pending confirmation') };
}

/** Subscribes somebody at the engine, unless that is done; nobody when the engine refuses. */
async function addPerson(
  parts: ActionParts,
  request: URLSearchParams,
  isDeclared: boolean,
): Promise<{ answer: SnsAnswer; person?: Person | undefined }> {
  const { engine, topicArn, people } = parts;
  const protocol = request.get('Protocol') ?? '';
  const endpoint = request.get('Endpoint') ?? '';
  const known = find(people, protocol, endpoint);
  const isBare = subscriptionAttributes(request).size === 0;
  // The engine takes attributes that are left out for others than there are.
  const answer = await engine.sns(
    known && isBare
      ? subscribeRequest(topicArn, protocol, endpoint, await people.filterOf(known))
      : request,
  );
  const arn = xmlElement(answer.body, 'SubscriptionArn');
  if (arn === undefined || !OF_PEOPLE.has(protocol)) return { answer };
  if (!known) {
    const person = { arn, protocol, endpoint, isDeclared, isConfirmed: false };
    people.add(person);
    if (protocol === 'sms') await confirmPerson(parts, person);
    else if (parts.isReached) await people.openMailbox(person);
  }
  return { answer, person: people.find(arn) };
}

/** The token of the mail is the ARN, which the engine takes for it. */
async function confirm(parts: ActionParts, request: URLSearchParams): Promise<SnsAnswer> {
  const answer = await parts.engine.sns(request);
  const person = parts.people.find(request.get('Token') ?? '');
  if (answer.status === 200 && person) await parts.people.confirm(person);
  return answer;
}

/** Confirms a subscription as the link in its mail would. */
export async function confirmPerson(parts: ActionParts, { arn }: Person): Promise<void> {
  const { topicArn } = parts;
  const fields = { Action: 'ConfirmSubscription', TopicArn: topicArn, Token: arn };
  await confirm(parts, new URLSearchParams(fields));
}

async function change(
  { engine, people }: ActionParts,
  request: URLSearchParams,
): Promise<SnsAnswer> {
  const answer = await engine.sns(request);
  const person = people.find(request.get('SubscriptionArn') ?? '');
  if (answer.status === 200 && person?.mailbox) await people.openMailbox(person);
  return answer;
}

async function unsubscribe(
  { engine, people }: ActionParts,
  request: URLSearchParams,
): Promise<SnsAnswer> {
  const person = people.find(request.get('SubscriptionArn') ?? '');
  if (person && !person.isConfirmed) {
    const reason = 'Cannot unsubscribe a subscription that is pending confirmation';
    const message = `Invalid parameter: SubscriptionArn Reason: ${reason}`;
    return errorAnswer(400, 'InvalidParameter', message);
  }
  if (person) await people.remove(person);
  return engine.sns(request);
}

/** Ends a subscription, pending or not. */
export async function endPerson({ engine, people }: ActionParts, person: Person): Promise<void> {
  const now = people.find(person.arn);
  if (now === undefined) return;
  await people.remove(now);
  await engine.sns(new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: now.arn }));
}

/** Without the queues that stand for mailboxes, and without the ARNs of those that are pending. */
async function list(
  { engine, topicArn, operatorTopicArn, people, isReached }: ActionParts,
  request: URLSearchParams,
): Promise<SnsAnswer> {
  if (request.get('TopicArn') === operatorTopicArn) return engine.sns(request);
  if ((request.get('TopicArn') ?? topicArn) !== topicArn) {
    return errorAnswer(404, 'NotFound', 'Topic does not exist');
  }
  const { status, body } = await engine.sns(request);
  const listed = body.replace(/<member>.*?<\/member>/gs, (member) => {
    if (isMailbox(xmlElement(member, 'Endpoint') ?? '', isReached !== undefined)) return '';
    const arn = xmlElement(member, 'SubscriptionArn') ?? '';
    const person = people.find(arn);
    const isPending = person && !(person.isConfirmed && (isReached?.(person) ?? true));
    return isPending ? member.replace(arn, 'PendingConfirmation') : member;
  });
  return { status, body: listed };
}

/** With a mail server, what is told must arrive; and no SMS does. Without one, all is only shown. */
function isSentNowhere({ isReached }: ActionParts, protocol: string | null): boolean {
  return isReached !== undefined && protocol === 'sms';
}

function find(people: People, protocol: string, endpoint: string): Person | undefined {
  return people
    .all()
    .find((person) => person.protocol === protocol && person.endpoint === endpoint);
}
