import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import type { Standing } from '../../core/alerts/listeners.ts';
import { SubscriptionRefused } from '../../core/errors.ts';
import { problemOf } from '../http/problems.ts';
import { validBody, validParameters } from '../http/validation.ts';
import {
  subscriptionPathSchema,
  subscriptionSchema,
  subscriptionView,
  unsubscribedView,
} from '../routes/subscriptions.ts';
import {
  Contended,
  SubscriptionDeclared,
  SubscriptionNotFound,
  SubscriptionNotShown,
  SubscriptionNotTaken,
  SubscriptionOfOthers,
  TooManySubscriptions,
} from '../use-cases/refusals.ts';
import { MAX_SUBSCRIPTIONS } from '../use-cases/subscribe.ts';
import { subscriptionIdOf } from '../use-cases/subscriptions.ts';
import {
  bodyAnswers,
  commonAnswers,
  createdHeaders,
  documentedBody,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import {
  subscriptionListSchema,
  subscriptionViewSchema,
  unsubscribedSchema,
} from './schemas/subscriptions.ts';

const receiver = { protocol: 'email', endpoint: 'team@example.com' };
const subscribedAt = Date.UTC(2026, 1, 10, 12);

/** The subscription id of the examples. */
const SUBSCRIPTION_ID = subscriptionIdOf(receiver);

/** Somebody who has to confirm yet. */
const pendingExample: Standing = {
  ...receiver,
  origin: 'Api',
  confirmation: 'Pending',
  subscription: {
    ...receiver,
    subscriptionId: SUBSCRIPTION_ID,
    filter: { states: ['Failed', 'TimedOut'] },
    subscribedAt,
    subscribedBy: 'arn:aws:iam::123456789012:user/ada',
    updatedAt: subscribedAt,
    updatedBy: 'arn:aws:iam::123456789012:user/ada',
    mailedAt: Date.UTC(2026, 1, 10, 12),
    version: 1,
  },
};

/** The same, who has. */
const confirmedExample: Standing = { ...pendingExample, confirmation: 'Confirmed' };

/** Somebody whom the deployment has subscribed. */
const declaredExample: Standing = {
  protocol: 'sms',
  endpoint: '+37060000000',
  origin: 'Deployment',
  confirmation: 'Confirmed',
};

/** The parameters in the path of what is asked of one subscription. */
const subscriptionPath = documentedParameters(subscriptionPathSchema, {
  subscriptionId: 'The id of the subscription.',
});

/** What may be answered to whatever is asked of one subscription. */
const subscriptionAnswers = {
  400: {
    id: 'NoSubscriptionId',
    description: 'That is no subscription id.',
    content: problems({
      noId: problemFrom(() => validParameters(subscriptionPathSchema, { subscriptionId: 'team' })),
    }),
  },
  404: {
    id: 'SubscriptionNotFound',
    description: 'Nobody knows of such a subscription.',
    content: problems({ unknown: problemOf(new SubscriptionNotFound(SUBSCRIPTION_ID)) }),
  },
};

const filter = {
  states: 'Only alerts of these states; `StillRunning` is the reminder.',
  onlyWithIssues:
    'Whether to leave out the jobs that `Succeeded` without issues. Those whose issues are not known ' +
    'are not left out.',
  labelPrefixes: 'Only jobs whose label begins with one of these, in the same case.',
  exceptLabelPrefix: 'No jobs whose label begins so; not beside `labelPrefixes`.',
  jobKinds: 'Only jobs of these kinds.',
  iModelIds: 'Only runs of these iModels.',
  exceptIModelIds: 'No runs of these iModels; not beside `iModelIds`.',
};
z.globalRegistry.add(subscriptionSchema, { id: 'SubscriptionRequest' });
const [email, sms] = subscriptionSchema._zod.def.options;
documentedBody(email, 'EmailSubscription', {
  protocol: 'SNS sends a mail to be confirmed, and alerts from then on.',
  endpoint: 'The address.',
  ...filter,
});
documentedBody(sms, 'SmsSubscription', {
  protocol: 'Alerts are sent at once.',
  endpoint: 'The number, in E.164 form.',
  ...filter,
});

const refused = new SubscriptionRefused('SNS refuses the subscription: Invalid parameter.');

/** `POST /subscriptions` */
export const subscribeOperation: ZodOpenApiOperationObject = {
  operationId: 'subscribe',
  tags: ['Alerts'],
  summary: 'Subscribe somebody to alerts',
  description:
    'By email or SMS, with a filter: an alert has to fit all of it. The protocol and the endpoint are ' +
    'the key of the request: repeated, it changes nothing but what it says otherwise.',
  requestBody: {
    required: true,
    content: json(subscriptionSchema, {
      email: { protocol: 'email', endpoint: 'team@example.com', states: ['Failed', 'TimedOut'] },
      sms: { protocol: 'sms', endpoint: '+37060000000', onlyWithIssues: true },
    }),
  },
  responses: {
    200: {
      description: 'The subscription was on record, and has this filter now.',
      content: json(subscriptionViewSchema, { confirmed: subscriptionView(confirmedExample) }),
    },
    201: {
      description: 'The subscription is new.',
      headers: createdHeaders(`/subscriptions/${SUBSCRIPTION_ID}`),
      content: json(subscriptionViewSchema, { pending: subscriptionView(pendingExample) }),
    },
    400: {
      description: 'The body is not as it should be.',
      content: problems({
        wrongField: problemFrom(() =>
          validBody(subscriptionSchema, { protocol: 'email', endpoint: 'team' }),
        ),
      }),
    },
    409: {
      description: 'This cannot be subscribed here, or not now.',
      content: problems({
        declared: problemOf(new SubscriptionDeclared()),
        tooMany: problemOf(new TooManySubscriptions(MAX_SUBSCRIPTIONS)),
        refused: problemOf(new SubscriptionNotTaken(refused)),
        contended: problemOf(new Contended(`subscription ${SUBSCRIPTION_ID}`)),
      }),
    },
    ...bodyAnswers,
    ...commonAnswers,
  },
};

/** `GET /subscriptions` */
export const listSubscriptionsOperation: ZodOpenApiOperationObject = {
  operationId: 'listSubscriptions',
  tags: ['Alerts'],
  summary: 'List subscriptions',
  description:
    'Everybody who gets alerts, or should, whoever subscribed them. SNS may lag by a minute.',
  responses: {
    200: {
      description: 'All subscriptions.',
      headers: revalidatedHeaders,
      content: json(subscriptionListSchema, {
        two: { subscriptions: [confirmedExample, declaredExample].map(subscriptionView) },
      }),
    },
    ...revalidatedAnswers,
    ...commonAnswers,
  },
};

/** `GET /subscriptions/{subscriptionId}` */
export const getSubscriptionOperation: ZodOpenApiOperationObject = {
  operationId: 'getSubscription',
  tags: ['Alerts'],
  summary: 'Look a subscription up',
  description: 'How it stands with one receiver of alerts.',
  requestParams: { path: subscriptionPath },
  responses: {
    200: {
      description: 'The subscription.',
      headers: revalidatedHeaders,
      content: json(subscriptionViewSchema, { confirmed: subscriptionView(confirmedExample) }),
    },
    ...revalidatedAnswers,
    ...subscriptionAnswers,
    ...commonAnswers,
  },
};

/** `DELETE /subscriptions/{subscriptionId}` */
export const unsubscribeOperation: ZodOpenApiOperationObject = {
  operationId: 'unsubscribe',
  tags: ['Alerts'],
  summary: 'Unsubscribe somebody',
  description: 'Ends a subscription that was made over the API.',
  requestParams: { path: subscriptionPath },
  responses: {
    200: {
      description: 'No alert goes there any more.',
      content: json(unsubscribedSchema, {
        unsubscribed: unsubscribedView(SUBSCRIPTION_ID, 'Unsubscribed'),
      }),
    },
    202: {
      description: 'The subscription was not confirmed yet, and lapses by itself.',
      content: json(unsubscribedSchema, { lapsing: unsubscribedView(SUBSCRIPTION_ID, 'Lapsing') }),
    },
    ...subscriptionAnswers,
    409: {
      description: 'The subscription cannot be ended here, or not now.',
      content: problems({
        declared: problemOf(new SubscriptionDeclared()),
        ofOthers: problemOf(new SubscriptionOfOthers()),
        notShown: problemOf(new SubscriptionNotShown()),
        contended: problemOf(new Contended(`subscription ${SUBSCRIPTION_ID}`)),
      }),
    },
    ...commonAnswers,
  },
};
