import * as z from 'zod/mini';
import type { Standing, Subscription } from '../../core/alerts/listeners.ts';
import { json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import type { ApiEvent, ApiPorts, ApiRoute } from '../http/route.ts';
import { validBody, validParameters } from '../http/validation.ts';
import type {
  SubscriptionList,
  SubscriptionView,
  UnsubscribedView,
} from '../openapi/schemas/subscriptions.ts';
import { subscribe } from '../use-cases/subscribe.ts';
import {
  getSubscription,
  listSubscriptions,
  SUBSCRIPTION_ID_DIGITS,
  subscriptionIdOf,
  type UnsubscribeOutcome,
  unsubscribe,
} from '../use-cases/subscriptions.ts';
import { filterFields, filterOf, takenBySns } from './alert-filter.ts';
import { isoTimeOrNull } from './job-view.ts';

const MUST_BE_PROTOCOL = 'must be email or sms';
const MUST_BE_ADDRESS = 'must be an address such as team@example.com';
const MUST_BE_NUMBER = 'must be a number in E.164 form such as +37060000000';

/** The longest path that SMTP takes, without its brackets [RFC 5321, section 4.5.3.1.3]. */
const ADDRESS_LENGTH = 254;

/** The body of `POST /subscriptions`. */
export const subscriptionSchema = z.discriminatedUnion(
  'protocol',
  [
    z
      .strictObject({
        protocol: z.literal('email'),
        endpoint: z.email(MUST_BE_ADDRESS).check(z.maxLength(ADDRESS_LENGTH, MUST_BE_ADDRESS)),
        ...filterFields,
      })
      .check(takenBySns),
    z
      .strictObject({
        protocol: z.literal('sms'),
        endpoint: z.e164(MUST_BE_NUMBER),
        ...filterFields,
      })
      .check(takenBySns),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? MUST_BE_PROTOCOL
        : 'must be a JSON object',
  },
);

/** The parameters in the path of what is asked of one subscription. */
export const subscriptionPathSchema = z.object({
  subscriptionId: z
    .string()
    .check(
      z.regex(
        new RegExp(`^[0-9a-f]{${SUBSCRIPTION_ID_DIGITS}}$`),
        `must be ${SUBSCRIPTION_ID_DIGITS} hexadecimal digits`,
      ),
    ),
});

/**
 * The subscription id in the path of a request.
 *
 * @throws InvalidRequest when it cannot be one
 */
function pathSubscriptionId(event: ApiEvent): string {
  return validParameters(subscriptionPathSchema, event.pathParameters ?? {}).subscriptionId;
}

/**
 * A subscription as callers get to see it. Times are ISO 8601 UTC. Every field is always there: what
 * only SNS or the deployment knows is null.
 */
export function subscriptionView({
  origin,
  confirmation,
  subscription,
  ...receiver
}: Standing): SubscriptionView {
  const asked: Partial<Subscription> = origin === 'Api' && subscription ? subscription : {};
  const { filter } = asked;
  return {
    subscriptionId: subscriptionIdOf(receiver),
    protocol: receiver.protocol,
    endpoint: receiver.endpoint,
    origin,
    confirmation,
    states: filter?.states ? [...filter.states] : null,
    onlyWithIssues: filter ? (filter.onlyWithIssues ?? false) : null,
    labelPrefixes: filter?.labelPrefixes ? [...filter.labelPrefixes] : null,
    exceptLabelPrefix: filter?.exceptLabelPrefix ?? null,
    jobKinds: filter?.jobKinds ? [...filter.jobKinds] : null,
    iModelIds: filter?.iModelIds ? [...filter.iModelIds] : null,
    exceptIModelIds: filter?.exceptIModelIds ? [...filter.exceptIModelIds] : null,
    subscribedAt: isoTimeOrNull(asked.subscribedAt),
    subscribedBy: asked.subscribedBy ?? null,
    updatedAt: isoTimeOrNull(asked.updatedAt),
    updatedBy: asked.updatedBy ?? null,
    mailedAt: isoTimeOrNull(asked.mailedAt),
  };
}

/** What is said of each outcome, in words for whoever asked. */
const DETAILS: Readonly<Record<UnsubscribeOutcome, string>> = {
  Unsubscribed: 'No alert goes there any more.',
  Lapsing:
    'SNS cannot take back a confirmation mail. The subscription lapses by itself 48 hours after the ' +
    'mail was sent; should somebody follow its link before, it is confirmed all the same: then ' +
    'delete it again.',
};

/** What became of a subscription as its caller gets to see it. */
export function unsubscribedView(
  subscriptionId: string,
  outcome: UnsubscribeOutcome,
): UnsubscribedView {
  return { subscriptionId, outcome, detail: DETAILS[outcome] };
}

/** `POST /subscriptions`: 201 when the subscription is new, 200 when it was on record. */
export function subscribeRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'POST',
    path: '/subscriptions',
    handler: withBody(async (event) => {
      const { protocol, endpoint, ...fields } = validBody(subscriptionSchema, event.body);
      const { standing, isNew } = await subscribe(ports, {
        protocol,
        endpoint,
        filter: filterOf(fields),
        subscribedBy: callerOf(event.requestContext),
      });
      const view = subscriptionView(standing);
      if (!isNew) return json(200, view);
      return json(201, view, { Location: `/subscriptions/${view.subscriptionId}` });
    }),
  };
}

/** `GET /subscriptions`: 200 with everybody who is told, whoever subscribed them. */
export function listSubscriptionsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/subscriptions',
    handler: async () => {
      const all = await listSubscriptions(ports);
      const list: SubscriptionList = { subscriptions: all.map(subscriptionView) };
      return json(200, list);
    },
  };
}

/** `GET /subscriptions/{subscriptionId}`: 200, or 404. */
export function getSubscriptionRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/subscriptions/{subscriptionId}',
    handler: async (event) => {
      const standing = await getSubscription(ports, pathSubscriptionId(event));
      return json(200, subscriptionView(standing));
    },
  };
}

/** `DELETE /subscriptions/{subscriptionId}`: 200, or 202 when it ends by and by. */
export function unsubscribeRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'DELETE',
    path: '/subscriptions/{subscriptionId}',
    handler: async (event) => {
      const subscriptionId = pathSubscriptionId(event);
      const outcome = await unsubscribe(ports, subscriptionId, callerOf(event.requestContext));
      return json(outcome === 'Lapsing' ? 202 : 200, unsubscribedView(subscriptionId, outcome));
    },
  };
}
