import type { NameAnswer } from '../../functions/core/alerts/log-digest.ts';
import type { IModel, ListSource } from '../../functions/core/imodels/imodel.ts';
import type { AlertKind, Job } from '../../functions/core/jobs/job.ts';
import type { Answer } from '../../functions/core/jobs/observation.ts';
import type { State } from '../../functions/core/jobs/states.ts';
import type { Api } from '../../functions/core/kinds/kind.ts';
import type { RunListAnswer } from '../../functions/core/ports.ts';
import type { GroupLengths } from '../../functions/core/statistics/lengths.ts';
import type { MonthFigures } from '../../functions/core/statistics/months.ts';
import type { Checkpoint } from '../../functions/core/sweeps/checkpoint.ts';
import type { SweepReport } from '../../functions/monitor/metrics.ts';
import type { Invocation } from './invocation.ts';
import type { WatchRequest } from './plan/imodels.ts';
import type { Request } from './plan/job-plan.ts';
import type { ListQuestion } from './stand-ins/run-lists.ts';

/** An alert as the topic took it. `words`: all that people read of it. */
export interface AcceptedAlert {
  readonly id: string;
  readonly jobId: string;
  readonly kind: AlertKind;
  readonly state: State;
  readonly endedBeforeFirstSeen: boolean;
  /** What its mail says of how the run was last seen; absent where that is of no account. */
  readonly lastSeen?: string;
  /** What its mail says of how long the run took; absent where that is of no account, or outside texts are. */
  readonly took?: string;
  /** When what it tells of was (ms since the epoch). */
  readonly at: number;
  readonly words: string;
}

/** A notice as the operator topic took it. `words`: all that people read of it. */
export interface AcceptedNotice {
  readonly id: string;
  readonly trouble: string;
  readonly phase: 'Began' | 'Over';
  readonly words: string;
}

/** A digest as the topic took it. Times are ms since the epoch. `words`: all that people read of it. */
export interface AcceptedDigest {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** How many runs it says have ended. */
  readonly runs: number;
  /** How many of them in which state. */
  readonly outcomes: Readonly<Record<State, number>>;
  /** The states of those that it names as not succeeded. */
  readonly failures: readonly State[];
  /** How many jobs it says are pending. */
  readonly pending: number;
  readonly words: string;
}

/** How an invocation came to its end. */
export type InvocationEnd =
  | { readonly kind: 'Returned'; readonly report?: SweepReport }
  | { readonly kind: 'Threw'; readonly error: unknown }
  | { readonly kind: 'Died' };

/** Something that happened in the simulated world, as invariants see it. */
export type Happening =
  | Deed
  /** The TTL took a job off the record. */
  | { readonly kind: 'JobExpired'; readonly job: Job };

/** What a caller of the API was told. */
export type CallerAnswer =
  | { readonly kind: 'CallerAnswered'; readonly request: Request['kind']; readonly job: Job }
  /** That an iModel is watched now, or not any more. */
  | {
      readonly kind: 'WatchAnswered';
      readonly request: WatchRequest['kind'];
      readonly iModelId: string;
      readonly source: ListSource;
    };

/** Something that an invocation did, or that happened to it. */
type Deed = { readonly by: Invocation } & (
  | { readonly kind: 'Began' }
  | { readonly kind: 'Ended'; readonly end: InvocationEnd }
  /** It made a call after it had ended. */
  | { readonly kind: 'CalledLate'; readonly what: string }
  /** It asked the queue for messages; each is a sweep after so many seconds, to be over by then (ms since the epoch). */
  | { readonly kind: 'FollowUpsAsked'; readonly delays: readonly number[]; readonly until: number }
  | CallerAnswer
  | { readonly kind: 'JobWritten'; readonly before: Job | undefined; readonly after: Job }
  /** It put on record how long the runs of a group took. */
  | {
      readonly kind: 'LengthsWritten';
      readonly before: GroupLengths | undefined;
      readonly after: GroupLengths;
    }
  /** It would have put a job on record that is known already. */
  | { readonly kind: 'JobKnown'; readonly jobId: string }
  /** It got to know how an iModel is watched; undefined when it is not, or nobody could tell. */
  | { readonly kind: 'IModelRead'; readonly iModelId: string; readonly iModel: IModel | undefined }
  /** `after` is undefined when it was deleted. */
  | {
      readonly kind: 'IModelWritten';
      readonly before: IModel | undefined;
      readonly after: IModel | undefined;
    }
  | {
      readonly kind: 'CheckpointWritten';
      readonly before: Checkpoint | undefined;
      readonly after: Checkpoint;
      /** When it was sent (ms since the epoch). */
      readonly sentAt: number;
    }
  /** It sent an alert off; the topic may take it yet. */
  | { readonly kind: 'AlertSent'; readonly id: string }
  | { readonly kind: 'AlertAccepted'; readonly alert: AcceptedAlert }
  | { readonly kind: 'DigestAccepted'; readonly digest: AcceptedDigest }
  /** It put the figures of a month on record, as far as they were counted. */
  | { readonly kind: 'MonthKept'; readonly figures: MonthFigures }
  /** The operator topic took a notice. */
  | { readonly kind: 'NoticeAccepted'; readonly notice: AcceptedNotice }
  /** A request reached upstream. */
  | { readonly kind: 'Asked'; readonly jobId: string }
  /** The sweep got to know what came of a request; undefined when it ended in an error. */
  | {
      readonly kind: 'Answered';
      readonly jobId: string;
      /** Which API was asked. */
      readonly api: Api;
      readonly answer: Answer | undefined;
    }
  /** The same of a request for a page of the runs of an iModel. */
  | { readonly kind: 'ListAsked'; readonly iModelId: string }
  | {
      readonly kind: 'ListAnswered';
      readonly asked: ListQuestion;
      readonly answer: RunListAnswer | undefined;
    }
  /** The same of a request for the name of something. */
  | { readonly kind: 'NameAsked'; readonly id: string }
  | { readonly kind: 'NameAnswered'; readonly id: string; readonly answer: NameAnswer }
);
