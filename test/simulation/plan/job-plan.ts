import type { KindName } from '../../../functions/core/kinds/kinds.ts';
import type { SicknessKind } from '../faults.ts';

/** In what way, and how long, upstream answers badly about one run alone. */
export interface Sickness {
  readonly kind: SicknessKind;
  /** ms since the epoch; `until` may be never. */
  readonly from: number;
  readonly until: number;
  /** What it asks for, where it says when to come back: seconds. */
  readonly retryAfter: number;
}

/** What becomes of a run upstream. Times are ms since the epoch. */
export interface Script {
  /** State words by the time from which each holds, oldest first. */
  readonly states: readonly { readonly at: number; readonly word: string }[];
  readonly end?: { readonly at: number; readonly word: string };
  /** From when on upstream does not know it, or does not show it. */
  readonly gone?: { readonly at: number; readonly status: 403 | 404 };
  readonly sickness?: Sickness;
}

/** What somebody asks the API to do with a job, and when (ms since the epoch). */
export interface Request {
  readonly at: number;
  readonly kind: 'register' | 'change' | 'cancel';
  readonly timeoutMinutes: number;
  readonly remindAfterMinutes?: number;
  readonly unusuallyLong?: false;
}

/** How the lists of an iModel show a run. Times are ms since the epoch. */
export interface Listed {
  readonly iModelId: string;
  /** When it began, as the lists say: whole seconds. */
  readonly startedAt: number;
  /** The lists do not say it. */
  readonly isUndated?: true;
  /** From when on they show it. */
  readonly from: number;
  /** From when on they do not show it any more; may be never. */
  readonly until: number;
}

/** One job, its run, and what its callers want. */
export interface JobPlan {
  readonly jobId: string;
  /** As what callers register it. Absent: a Reporting extraction. */
  readonly kind?: KindName;
  /** Absent: no list of a watched iModel shows it. */
  readonly listed?: Listed;
  readonly label?: string;
  readonly script: Script;
  readonly requests: readonly Request[];
}
