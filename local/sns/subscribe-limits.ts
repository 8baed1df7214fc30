/**
 * The limits that SNS documents for `Subscribe` and `SetSubscriptionAttributes` and that the local
 * engine does not enforce; it knows itself how complex a filter policy may be. Sources:
 * - https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 * - https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
import { z } from 'zod';
import { parseJson } from './message-texts.ts';
import { subscriptionAttributes } from './query-protocol.ts';
import { invalidParameter, type Violation } from './violation.ts';

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
export function subscribeViolation(form: URLSearchParams): Violation | undefined {
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
export function changeViolation(form: URLSearchParams): Violation | undefined {
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
