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
  /** 404 or 403 in a sweep where every job was missing: the fault is upstream's, not the run's. */
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
}

/** Upstream says that the run is not there (404), or not for us to see (403). */
export interface MissingObservation {
  readonly kind: 'Missing';
  readonly status: 403 | 404;
}

/** A check that gave no usable answer. */
export interface FailedObservation {
  readonly kind: 'Failed';
  readonly error: CheckError;
}

/** What one check found out about one job: what `decide` decides on. */
export type Observation = StatusObservation | MissingObservation | FailedObservation;

/** What the status endpoint answered: an observation of the job, or word about our requests. */
export type Answer =
  | Observation
  | { readonly kind: 'Unauthorized' }
  /** `retryAt`: ms since the epoch; no request may leave before. */
  | { readonly kind: 'RateLimited'; readonly retryAt: number };
