import type { Subscription } from './sns/subscription-actions.ts';
import type { CloudFormationTemplate } from './template.ts';

/** The subscriptions that the stack makes, with their filter policies, as its template has them. */
export function subscriptionsOf({ Resources }: CloudFormationTemplate): Subscription[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::SNS::Subscription')
    .map(({ Properties = {} }) => ({
      protocol: String(Properties.Protocol),
      endpoint: String(Properties.Endpoint),
      ...(isPolicy(Properties.FilterPolicy) && { filterPolicy: Properties.FilterPolicy }),
    }));
}

function isPolicy(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
