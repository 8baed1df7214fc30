import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { subscriptionAnswers, subscriptionPath } from '../openapi/subscription-answers.ts';
import { confirmedExample } from '../openapi/subscription-examples.ts';
import { subscriptionViewSchema } from '../openapi/subscription-schema.ts';
import { subscriptionView } from '../subscription-view.ts';

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
      content: json(subscriptionViewSchema, { confirmed: subscriptionView(confirmedExample) }),
    },
    ...subscriptionAnswers,
    ...commonAnswers,
  },
};
