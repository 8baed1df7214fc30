import type { SubscriptionRefused } from '../core/errors.ts';
import { HttpProblem } from './problem.ts';

/** Nobody knows of such a subscription. */
export class SubscriptionNotFound extends HttpProblem {
  override readonly name = 'SubscriptionNotFound';

  constructor(subscriptionId: string) {
    super(404, `There is no subscription ${subscriptionId}. GET /subscriptions lists all.`);
  }
}

/** A subscription is the deployment's, which would not know of a change made here. */
export class SubscriptionDeclared extends HttpProblem {
  override readonly name = 'SubscriptionDeclared';

  constructor() {
    super(
      409,
      'The deployment makes this subscription: change its settings (emails, phoneNumbers or alerts) ' +
        'and deploy again.',
    );
  }
}

/** A subscription is neither a mailbox nor a phone: another system hangs on it. */
export class SubscriptionOfOthers extends HttpProblem {
  override readonly name = 'SubscriptionOfOthers';

  constructor() {
    super(409, 'Somebody subscribed this at SNS: unsubscribe it there.');
  }
}

/** The topic does not show a subscription yet that was just made. */
export class SubscriptionNotShown extends HttpProblem {
  override readonly name = 'SubscriptionNotShown';

  constructor() {
    super(409, 'SNS does not show this subscription yet. Try again in a minute.');
  }
}

/** There is no room for one more subscription. */
export class TooManySubscriptions extends HttpProblem {
  override readonly name = 'TooManySubscriptions';

  constructor(most: number) {
    super(
      409,
      `There are ${most} subscriptions, which is the most. Delete one, or subscribe a mailing list.`,
    );
  }
}

/** SNS does not take a subscription. */
export class SubscriptionNotTaken extends HttpProblem {
  override readonly name = 'SubscriptionNotTaken';

  constructor({ message }: SubscriptionRefused) {
    super(409, message);
  }
}
