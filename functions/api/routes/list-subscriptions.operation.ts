import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { confirmedExample, declaredExample } from '../openapi/subscription-examples.ts';
import { subscriptionListSchema } from '../openapi/subscription-schema.ts';
import { subscriptionView } from '../subscription-view.ts';

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
      content: json(subscriptionListSchema, {
        two: { subscriptions: [confirmedExample, declaredExample].map(subscriptionView) },
      }),
    },
    ...commonAnswers,
  },
};
