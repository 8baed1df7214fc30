import type { SimulatedJob } from './population.ts';

/** Checks a job. @returns whether its run has ended */
export type CheckJob = (job: SimulatedJob) => boolean;

/** A way to decide which job is checked when. */
export interface Policy {
  /** A job has come under watch. */
  registered?(job: SimulatedJob, now: number): void;
  /** Makes the checks of one second (`now`: ms). */
  tick(now: number, check: CheckJob): void;
  /** How many jobs it has looked at so far, checked or not. */
  readonly comeBy?: number;
}
