import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { SubscriptionRefused } from '../../core/errors.ts';
import { bodyAnswers, commonAnswers } from '../openapi/common-answers.ts';
import { json, problems, refusal } from '../openapi/content.ts';
import { documentedBody } from '../openapi/documented.ts';
import { createdHeaders } from '../openapi/headers.ts';
import {
  confirmedExample,
  pendingExample,
  SUBSCRIPTION_ID,
} from '../openapi/subscription-examples.ts';
import { subscriptionViewSchema } from '../openapi/subscription-schema.ts';
import { problemOf } from '../problem.ts';
import {
  SubscriptionDeclared,
  SubscriptionNotTaken,
  TooManySubscriptions,
} from '../subscription-problems.ts';
import { subscriptionSchema } from '../subscription-schema.ts';
import { subscriptionView } from '../subscription-view.ts';
import { Contended } from '../until-written.ts';
import { validBody } from '../validate.ts';
import { MAX_SUBSCRIPTIONS } from './subscribe.ts';

const filter = {
  states: 'Only alerts of these states; `StillRunning` is the reminder.',
  onlyWithIssues: 'Whether to leave out the jobs that `Succeeded` without issues.',
  labelPrefix: 'Only jobs whose label begins so, in the same case.',
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
        wrongField: refusal(() =>
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
