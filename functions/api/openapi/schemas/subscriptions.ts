import * as z from 'zod/mini';
import { ALERT_STATES } from '../../../core/alerts/filters.ts';
import { KIND_NAMES } from '../../../core/kinds/kinds.ts';
import { described } from './common.ts';

const timeOrNull = () => z.nullable(z.iso.datetime());

/** A subscription as callers get to see it. */
export const subscriptionViewSchema = z
  .object({
    subscriptionId: described(z.string(), 'The same for all time for a protocol and an endpoint.'),
    protocol: described(z.string(), '`email`, `sms`; at SNS also `sqs`, `https` and others.'),
    endpoint: described(z.string(), 'The address, the number, or what the protocol has instead.'),
    origin: described(
      z.enum(['Api', 'Deployment', 'Other']),
      'Who subscribed: somebody over the API, the settings of the deployment, or somebody at SNS.',
    ),
    confirmation: described(
      z.enum(['Pending', 'Confirmed', 'Vanished']),
      'Whether alerts arrive. `Vanished`: unsubscribed, or not confirmed in time.',
    ),
    states: described(
      z.nullable(z.array(z.enum(ALERT_STATES))),
      'Only alerts of these states; null when of all, or when the API does not know.',
    ),
    onlyWithIssues: described(
      z.nullable(z.boolean()),
      'Whether jobs that `Succeeded` without issues are left out; null when the API does not know.',
    ),
    labelPrefixes: described(
      z.nullable(z.array(z.string())),
      'Only jobs whose label begins with one of these.',
    ),
    exceptLabelPrefix: described(z.nullable(z.string()), 'No jobs whose label begins so.'),
    jobKinds: described(
      z.nullable(z.array(z.enum(KIND_NAMES))),
      'Only jobs of these kinds; null when of all, or when the API does not know.',
    ),
    iModelIds: described(z.nullable(z.array(z.guid())), 'Only runs of these iModels.'),
    exceptIModelIds: described(z.nullable(z.array(z.guid())), 'No runs of these iModels.'),
    subscribedAt: timeOrNull(),
    subscribedBy: described(z.nullable(z.string()), 'Who asked for it first, as `registeredBy`.'),
    updatedAt: timeOrNull(),
    updatedBy: described(z.nullable(z.string()), 'Who asked for it last.'),
    mailedAt: described(
      timeOrNull(),
      'When SNS last mailed the link that confirms it; it does not again within an hour.',
    ),
  })
  .check(z.meta({ id: 'Subscription', description: 'Somebody who is told when a job ends.' }));

/** All of them. */
export const subscriptionListSchema = z
  .object({ subscriptions: z.array(subscriptionViewSchema) })
  .check(z.meta({ id: 'SubscriptionList', description: 'Everybody who is told.' }));

/** A subscription that was ended. */
export const unsubscribedSchema = z
  .object({
    subscriptionId: z.string(),
    outcome: z.enum(['Unsubscribed', 'Lapsing']),
    detail: described(z.string(), 'What that means, for a person.'),
  })
  .check(z.meta({ id: 'Unsubscribed', description: 'What became of a subscription.' }));

/** What callers get to see of a subscription. */
export type SubscriptionView = z.output<typeof subscriptionViewSchema>;

/** What they get to see of all. */
export type SubscriptionList = z.output<typeof subscriptionListSchema>;

/** What they get to see of one that was ended. */
export type UnsubscribedView = z.output<typeof unsubscribedSchema>;
