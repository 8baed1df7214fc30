import type { Job } from '../../functions/core/jobs/job.ts';
import type { Answer } from '../../functions/core/jobs/observation.ts';
import type { State } from '../../functions/core/jobs/states.ts';
import type { Checkpoint } from '../../functions/core/sweeps/checkpoint.ts';
import type { SweepReport } from '../../functions/monitor/metrics.ts';
import type { Invocation } from './invocation.ts';
import type { Request } from './plan/job-plan.ts';

/** An alert as the topic took it. */
export interface AcceptedAlert {
  readonly id: string;
  readonly jobId: string;
  readonly state: State;
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

/** Something that an invocation did, or that happened to it. */
type Deed = { readonly by: Invocation } & (
  | { readonly kind: 'Began' }
  | { readonly kind: 'Ended'; readonly end: InvocationEnd }
  /** It made a call after it had ended. */
  | { readonly kind: 'CalledLate'; readonly what: string }
  /** A caller of the API was answered with a job. */
  | { readonly kind: 'CallerAnswered'; readonly request: Request['kind']; readonly job: Job }
  | { readonly kind: 'JobWritten'; readonly before: Job | undefined; readonly after: Job }
  | {
      readonly kind: 'CheckpointWritten';
      readonly before: Checkpoint | undefined;
      readonly after: Checkpoint;
      /** When it was sent (ms since the epoch). */
      readonly sentAt: number;
    }
  | { readonly kind: 'AlertAccepted'; readonly alert: AcceptedAlert }
  /** A request reached upstream. */
  | { readonly kind: 'Asked'; readonly jobId: string }
  /** The sweep got to know what came of a request; undefined when it ended in an error. */
  | { readonly kind: 'Answered'; readonly jobId: string; readonly answer: Answer | undefined }
);
