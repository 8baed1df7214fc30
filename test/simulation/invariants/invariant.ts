import type { Job } from '../../../functions/core/job.ts';
import type { Happening } from '../happenings.ts';
import type { Plan, Script } from '../plan.ts';

/** What an invariant may look at besides what happens. */
export interface WorldView {
  readonly plan: Plan;
  /** The true time (ms since the epoch). */
  now(): number;
  job(jobId: string): Job | undefined;
  jobs(): readonly Job[];
  script(jobId: string): Script;
  /** Which credentials are in the secret. */
  credentialsVersion(): string;
}

/** Looks at one run; what it returns is a violation, in a sentence. */
export interface Watcher {
  /** Called after each thing that happens. */
  see?(happening: Happening): string | undefined;
  /** Called once everything has settled. */
  end?(): string | undefined;
}

/** Something that must hold whatever goes wrong. */
export interface Invariant {
  readonly name: string;
  watch(world: WorldView): Watcher;
}
