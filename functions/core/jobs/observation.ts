import type { Cause } from '../sweeps/causes.ts';
import type { State } from './states.ts';

/** Ways in which a check goes wrong. */
export type CheckErrorName =
  /** 5xx. */
  | 'ServerError'
  | 'Timeout'
  | 'ConnectionFailed'
  /** 200, but not the documented shape or size. */
  | 'UnexpectedResponse'
  /** A status that the contract does not know; redirects included. */
  | 'UnexpectedStatus'
  /** 401 for this job, though the same token is good for others. */
  | 'Unauthorized'
  /** 429 for this job again, though others were answered meanwhile. */
  | 'RateLimited'
  /** 404 or 403 of all runs at once, or of one that is still listed: upstream's fault, not the run's. */
  | 'UpstreamFault';

/** Why a check went wrong. The message is for people and carries no secrets. */
export interface CheckError {
  readonly name: CheckErrorName;
  readonly message: string;
}

/** A documented 200 answer. Its texts are already cut to what may be stored. */
export interface StatusObservation {
  readonly kind: 'Status';
  readonly state: State;
  readonly reason?: string;
  readonly containsIssues?: boolean;
  /** Only ever on the configured API host. */
  readonly logsUrl?: string;
  /** When upstream says that the run began (ms since the epoch). */
  readonly startedAt?: number;
  /** From a list, which may lag: a word that the job has had before is no news. */
  readonly isListed?: true;
  /** Optional fields that were not of their documented type, and so are left out. */
  readonly leftOut?: readonly string[];
}

/** 202: the run is there, and there is nothing to tell of it yet. */
export interface PendingObservation {
  readonly kind: 'Pending';
}

/** Upstream says that the run is not there (404), or not for us to see (403). */
export interface MissingObservation {
  readonly kind: 'Missing';
  readonly status: 403 | 404;
  readonly correlationId?: string;
}

/** A check that gave no usable answer. */
export interface FailedObservation {
  readonly kind: 'Failed';
  readonly error: CheckError;
  /** When upstream wants to be asked again (ms since the epoch), where a 503 says so. */
  readonly retryAt?: number;
  readonly correlationId?: string;
}

/**
 * A limit that a check met. `isAlone`: it is this run's own, since others were answered while it was
 * limited twice in a row; else all requests wait until `retryAt` (ms since the epoch).
 */
export interface LimitedObservation {
  readonly kind: 'Limited';
  readonly isAlone: boolean;
  readonly retryAt: number;
}

/** What one check found out about one job: what `decide` decides on. */
export type Observation =
  | StatusObservation
  | PendingObservation
  | MissingObservation
  | FailedObservation
  | LimitedObservation;

/** What the status endpoint answered: an observation of the job, or word about our requests. */
export type Answer =
  | Exclude<Observation, LimitedObservation>
  | {
      readonly kind: 'Unauthorized';
      /** Where a code says more than the status. */
      readonly cause?: Cause;
      readonly correlationId?: string;
    }
  | {
      readonly kind: 'RateLimited';
      /** No request may leave before (ms since the epoch). */
      readonly retryAt: number;
      /** Of the gateway's 403 for a quota that is used up; absent of a 429. */
      readonly cause?: 'QuotaUsedUp';
      readonly correlationId?: string;
    };
