import type { SweepPorts } from '../../../functions/monitor/context.ts';
import type { Caller } from '../caller.ts';

const LISTENER = {
  protocol: 'email',
  endpoint: 'team@example.com',
  arn: 'arn:of:the:subscription',
};

/** Somebody who gets alerts, as one invocation finds out about them. */
export function subscribersOf(call: Caller): Pick<SweepPorts, 'subscriptions' | 'subscribers'> {
  return {
    subscriptions: {
      list: (signal) =>
        call({ what: 'list the subscriptions', to: 'tables', signal, effect: () => [] }),
    },
    subscribers: {
      declared: [],
      list: (signal) =>
        call({ what: 'list the subscribers', to: 'topic', signal, effect: () => [LISTENER] }),
    },
  };
}
