import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json, problems } from '../openapi/content.ts';
import { subscriptionAnswers, subscriptionPath } from '../openapi/subscription-answers.ts';
import { SUBSCRIPTION_ID } from '../openapi/subscription-examples.ts';
import { unsubscribedSchema } from '../openapi/subscription-schema.ts';
import { problemOf } from '../problem.ts';
import {
  SubscriptionDeclared,
  SubscriptionNotShown,
  SubscriptionOfOthers,
} from '../subscription-problems.ts';
import { Contended } from '../until-written.ts';
import { unsubscribedView } from './unsubscribe.ts';

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
