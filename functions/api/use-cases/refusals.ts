import type { SubscriptionRefused } from '../../core/errors.ts';

/**
 * Why a use case does not do what it is asked for. The message is for the caller and says what to do.
 */
export abstract class Refusal extends Error {
  /** `OutOfTime`: there was no time left for it. */
  abstract readonly kind: 'NotFound' | 'Conflict' | 'OutOfTime';
}

/** There is no such job on record. */
export class JobNotFound extends Refusal {
  override readonly name = 'JobNotFound';
  readonly kind = 'NotFound';

  constructor(jobId: string) {
    super(`No job ${jobId} is on record. Register it with POST /jobs.`);
  }
}

/** The id is on record as that of a job of another kind, or of another connection. */
export class JobOfOther extends Refusal {
  override readonly name = 'JobOfOther';
  readonly kind = 'Conflict';

  constructor(jobId: string, what: string) {
    super(`Job ${jobId} is on record as ${what}. Register it as that, or another id.`);
  }
}

/** The watch of a job cannot be changed so; the message says why. */
export class WatchNotChanged extends Refusal {
  override readonly name = 'WatchNotChanged';
  readonly kind = 'Conflict';
}

/** There was no time left to look at a job of a batch. */
export class JobNotReached extends Refusal {
  override readonly name = 'JobNotReached';
  readonly kind = 'OutOfTime';

  constructor() {
    super('There was no time left for this job. Send it again.');
  }
}

/** Others wrote the same thing again and again while it was to be written here. */
export class Contended extends Refusal {
  override readonly name = 'Contended';
  readonly kind = 'Conflict';

  constructor(what: string) {
    super(`Others are changing ${what} at the same time. Try again.`);
  }
}

/** Nobody knows of such a subscription. */
export class SubscriptionNotFound extends Refusal {
  override readonly name = 'SubscriptionNotFound';
  readonly kind = 'NotFound';

  constructor(subscriptionId: string) {
    super(`There is no subscription ${subscriptionId}. GET /subscriptions lists all.`);
  }
}

/** A subscription is the deployment's, which would not know of a change made here. */
export class SubscriptionDeclared extends Refusal {
  override readonly name = 'SubscriptionDeclared';
  readonly kind = 'Conflict';

  constructor() {
    super(
      'The deployment makes this subscription: change its settings (emails, phoneNumbers or alerts) ' +
        'and deploy again; or those of a local run (ALERT_TO), and start it again.',
    );
  }
}

/** A subscription is neither a mailbox nor a phone: another system hangs on it. */
export class SubscriptionOfOthers extends Refusal {
  override readonly name = 'SubscriptionOfOthers';
  readonly kind = 'Conflict';

  constructor() {
    super('Somebody subscribed this at SNS: unsubscribe it there.');
  }
}

/** The topic does not show a subscription yet that was just made. */
export class SubscriptionNotShown extends Refusal {
  override readonly name = 'SubscriptionNotShown';
  readonly kind = 'Conflict';

  constructor() {
    super('SNS does not show this subscription yet. Try again in a minute.');
  }
}

/** There is no room for one more subscription. */
export class TooManySubscriptions extends Refusal {
  override readonly name = 'TooManySubscriptions';
  readonly kind = 'Conflict';

  constructor(most: number) {
    super(
      `There are ${most} subscriptions, which is the most. Delete one, or subscribe a mailing list.`,
    );
  }
}

/** SNS does not take a subscription. */
export class SubscriptionNotTaken extends Refusal {
  override readonly name = 'SubscriptionNotTaken';
  readonly kind = 'Conflict';

  constructor({ message }: SubscriptionRefused) {
    super(message);
  }
}

/** Such an iModel is not watched. */
export class IModelNotFound extends Refusal {
  override readonly name = 'IModelNotFound';
  readonly kind = 'NotFound';

  constructor(iModelId: string) {
    super(`iModel ${iModelId} is not watched. PUT /imodels/${iModelId} watches it.`);
  }
}

/** An iModel is watched by the deployment, which would watch it again. */
export class IModelDeclared extends Refusal {
  override readonly name = 'IModelDeclared';
  readonly kind = 'Conflict';

  constructor() {
    super(
      'The deployment has this iModel watched: take it out of its settings (imodels), deploy again, ' +
        'and end the watch then.',
    );
  }
}

/** There is no room for one more iModel. */
export class TooManyIModels extends Refusal {
  override readonly name = 'TooManyIModels';
  readonly kind = 'Conflict';

  constructor(most: number) {
    super(`There are ${most} watched iModels, which is the most. Delete one of /imodels first.`);
  }
}

/** More runs ended than can be counted while somebody waits. */
export class TooManyRuns extends Refusal {
  override readonly name = 'TooManyRuns';
  readonly kind = 'OutOfTime';

  constructor() {
    super('The runs could not be counted in time. Ask for a shorter span, or for whole months.');
  }
}
