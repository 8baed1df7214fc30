import { problemOf } from '../problem.ts';
import { subscriptionPathSchema } from '../subscription-id.ts';
import { SubscriptionNotFound } from '../subscription-problems.ts';
import { validParameters } from '../validate.ts';
import { problems, refusal } from './content.ts';
import { documentedParameters } from './documented.ts';
import { SUBSCRIPTION_ID } from './subscription-examples.ts';

/** The parameters in the path of what is asked of one subscription. */
export const subscriptionPath = documentedParameters(subscriptionPathSchema, {
  subscriptionId: 'The id of the subscription.',
});

/** What may be answered to whatever is asked of one subscription. */
export const subscriptionAnswers = {
  400: {
    id: 'NoSubscriptionId',
    description: 'That is no subscription id.',
    content: problems({
      noId: refusal(() => validParameters(subscriptionPathSchema, { subscriptionId: 'team' })),
    }),
  },
  404: {
    id: 'SubscriptionNotFound',
    description: 'Nobody knows of such a subscription.',
    content: problems({ unknown: problemOf(new SubscriptionNotFound(SUBSCRIPTION_ID)) }),
  },
};
