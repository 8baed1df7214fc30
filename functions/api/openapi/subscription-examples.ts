import type { Standing } from '../../core/alerts/listeners.ts';
import { subscriptionIdOf } from '../subscription-id.ts';

const receiver = { protocol: 'email', endpoint: 'team@example.com' };
const subscribedAt = Date.UTC(2026, 1, 10, 12);

/** The subscription id of the examples. */
export const SUBSCRIPTION_ID = subscriptionIdOf(receiver);

/** Somebody who has to confirm yet. */
export const pendingExample: Standing = {
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
    version: 1,
  },
};

/** The same, who has. */
export const confirmedExample: Standing = { ...pendingExample, confirmation: 'Confirmed' };

/** Somebody whom the deployment has subscribed. */
export const declaredExample: Standing = {
  protocol: 'sms',
  endpoint: '+37060000000',
  origin: 'Deployment',
  confirmation: 'Confirmed',
};
