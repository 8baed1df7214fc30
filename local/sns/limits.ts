/**
 * The limits that SNS documents and that the local engine does not enforce (it does know the greatest
 * size of a message, and how complex a filter policy may be), so that a request SNS would refuse is
 * refused on a laptop too.
 *
 * Where editions of the documentation differ (an ASCII or a UTF-8 subject) or say nothing (an SMS
 * text that is too long, published to a topic), the stricter reading holds: what passes here passes
 * there. Sources:
 * - https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * - https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 * - https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 * - https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
import { z } from 'zod';
import { parseJson } from '../../functions/core/objects.ts';
import {
  type MessageAttribute,
  messageAttributes,
  messageTexts,
  subscriptionAttributes,
} from './query-protocol.ts';

/** Why SNS refuses a request: the error code of its API, and a sentence. */
interface Violation {
  readonly code: 'InvalidParameter' | 'ParameterValueInvalid' | 'InvalidAction';
  readonly message: string;
}

type Limits = (form: URLSearchParams) => Violation | undefined;

const LIMITS_OF_ACTION: ReadonlyMap<string, Limits> = new Map<string, Limits>([
  ['Publish', publishViolation],
  ['Subscribe', subscribeViolation],
  ['SetSubscriptionAttributes', changeViolation],
  ['PublishBatch', batchViolation],
]);

/** The limit of SNS that a request breaks, or nothing. Actions without limits here all pass. */
export function limitViolation(form: URLSearchParams): Violation | undefined {
  return LIMITS_OF_ACTION.get(form.get('Action') ?? '')?.(form);
}

/** Refused whole: the monitor never sends batches, so their limits are not written down here. */
function batchViolation(): Violation {
  return { code: 'InvalidAction', message: 'The embedded SNS has no PublishBatch: use Publish' };
}

/** Texts above the size of one SMS are split, up to this many characters in all. */
const MAX_SMS_CHARACTERS = 1_600;
/**
 * Printable ASCII, the first character a letter, number or punctuation mark. The documentation says
 * less than 100 characters; the service takes 100 (https://github.com/getmoto/moto/issues/1503).
 */
const SUBJECT = /^[!-~][ -~]{0,99}$/;
const MAX_ATTRIBUTE_NAME_CHARACTERS = 256;
/** Periods neither first nor last nor next to each other. */
const ATTRIBUTE_NAME = /^[\w-]+(\.[\w-]+)*$/;
/** Reserved for AWS, except the names that it documents for its own SMS and push settings. */
const RESERVED_NAME = /^(amazon\.|aws\.(?!(SNS|MM)\.))/i;
const MAX_ATTRIBUTE_NUMBER = 1e9;

const VALUE_FITS_TYPE: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['String', () => true],
  ['String.Array', (value: string) => Array.isArray(parseJson(value))],
  ['Number', (value: string) => Math.abs(Number(value)) <= MAX_ATTRIBUTE_NUMBER],
  ['Binary', () => true],
]);

/** The first limit that a `Publish` request breaks, or nothing. */
export function publishViolation(form: URLSearchParams): Violation | undefined {
  return (
    destinationViolation(form) ??
    subjectViolation(form) ??
    messageViolation(form) ??
    messageAttributes(form)
      .map(attributeViolation)
      .find((violation) => violation !== undefined)
  );
}

function destinationViolation(form: URLSearchParams): Violation | undefined {
  const destinations = ['TopicArn', 'TargetArn', 'PhoneNumber'].filter((name) => form.has(name));
  if (destinations.length !== 1) {
    return invalidParameter('exactly one of TopicArn, TargetArn and PhoneNumber is required');
  }
  const phoneNumber = form.get('PhoneNumber');
  if (phoneNumber !== null && !z.e164().safeParse(phoneNumber).success) {
    return invalidParameter(`PhoneNumber Reason: ${phoneNumber} is not valid to publish to`);
  }
  return undefined;
}

function subjectViolation(form: URLSearchParams): Violation | undefined {
  const subject = form.get('Subject');
  return subject === null || SUBJECT.test(subject) ? undefined : invalidParameter('Subject');
}

function messageViolation(form: URLSearchParams): Violation | undefined {
  const structure = form.get('MessageStructure');
  if (structure !== null && structure !== 'json') return invalidParameter('MessageStructure');
  const texts = messageTexts(form.get('Message') ?? '', structure);
  if (texts === undefined) {
    return invalidParameter('Message Structure - not a JSON object with a string for "default"');
  }
  const sms = texts.sms ?? (form.has('PhoneNumber') ? texts.default : '');
  return sms.length > MAX_SMS_CHARACTERS ? invalidParameter('Message too long for SMS') : undefined;
}

function attributeViolation({ name, dataType, value }: MessageAttribute): Violation | undefined {
  if (!ATTRIBUTE_NAME.test(name) || name.length > MAX_ATTRIBUTE_NAME_CHARACTERS) {
    return invalidValue(`The message attribute name '${name}' is not allowed`);
  }
  if (RESERVED_NAME.test(name)) {
    return invalidValue(`The message attribute name '${name}' is reserved for AWS`);
  }
  const valueFits = VALUE_FITS_TYPE.get(dataType);
  if (valueFits === undefined) {
    return invalidValue(`The message attribute '${name}' has no valid data type`);
  }
  if (value === '' || !valueFits(value)) {
    return invalidValue(`The message attribute '${name}' has no valid value of type '${dataType}'`);
  }
  return undefined;
}

const email = z.email();
const arn = z.string().startsWith('arn:');

const ENDPOINT_OF_PROTOCOL: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['email', email],
  ['email-json', email],
  ['sms', z.e164()],
  ['http', z.url({ protocol: /^http$/ })],
  ['https', z.url({ protocol: /^https$/ })],
  ['sqs', arn],
  ['lambda', arn],
  ['firehose', arn],
  ['application', arn],
]);

const condition = z.array(z.unknown()).nonempty();
/** A policy on attributes names their values in arrays; only one on the body may nest. */
const FILTER_POLICY_OF_SCOPE: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['MessageAttributes', z.record(z.string(), condition)],
  ['MessageBody', z.record(z.string(), z.union([condition, z.looseObject({})]))],
]);

/** The first limit that a `Subscribe` request breaks, or nothing. */
function subscribeViolation(form: URLSearchParams): Violation | undefined {
  const protocol = form.get('Protocol') ?? '';
  const endpoint = ENDPOINT_OF_PROTOCOL.get(protocol);
  if (endpoint === undefined) return invalidParameter(`SNS has no protocol '${protocol}'`);
  if (!endpoint.safeParse(form.get('Endpoint')).success) {
    return invalidParameter(`Endpoint is not valid for protocol '${protocol}'`);
  }

  const attributes = subscriptionAttributes(form);
  return filterPolicyViolation(attributes.get('FilterPolicy'), attributes.get('FilterPolicyScope'));
}

/** The first limit that a `SetSubscriptionAttributes` request breaks, or nothing. */
function changeViolation(form: URLSearchParams): Violation | undefined {
  if (form.get('AttributeName') !== 'FilterPolicy') return undefined;
  return filterPolicyViolation(form.get('AttributeValue') ?? '');
}

function filterPolicyViolation(text = '{}', scope = 'MessageAttributes'): Violation | undefined {
  const filterPolicy = FILTER_POLICY_OF_SCOPE.get(scope);
  if (filterPolicy === undefined) return invalidParameter('FilterPolicyScope');
  if (!filterPolicy.safeParse(parseJson(text)).success) {
    return invalidParameter('FilterPolicy: not a JSON object of attribute names and value arrays');
  }
  return undefined;
}

/** A parameter is missing, malformed or too long; the SDK throws `InvalidParameterException`. */
function invalidParameter(detail: string): Violation {
  return { code: 'InvalidParameter', message: `Invalid parameter: ${detail}` };
}

/** A message attribute is not valid; the SDK throws `InvalidParameterValueException`. */
function invalidValue(message: string): Violation {
  return { code: 'ParameterValueInvalid', message };
}
