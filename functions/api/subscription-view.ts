import type { Standing, Subscription } from '../core/alerts/listeners.ts';
import { isoTimeOrNull } from './job-view.ts';
import type { SubscriptionView } from './openapi/subscription-schema.ts';
import { subscriptionIdOf } from './subscription-id.ts';

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
    labelPrefix: filter?.labelPrefix ?? null,
    subscribedAt: isoTimeOrNull(asked.subscribedAt),
    subscribedBy: asked.subscribedBy ?? null,
    updatedAt: isoTimeOrNull(asked.updatedAt),
    updatedBy: asked.updatedBy ?? null,
  };
}
