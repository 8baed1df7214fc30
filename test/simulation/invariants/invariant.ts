import type { IModel } from '../../../functions/core/imodels/imodel.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import type { Happening } from '../happenings.ts';
import type { Script } from '../plan/job-plan.ts';
import type { Plan } from '../plan/plan.ts';

/** What an invariant may look at besides what happens. */
export interface WorldView {
  readonly plan: Plan;
  /** The true time (ms since the epoch). */
  now(): number;
  job(jobId: string): Job | undefined;
  /** Whether this job is on record, or ever was. */
  hasHad(jobId: string): boolean;
  /** Every job on record. */
  jobs(): Iterable<Job>;
  iModel(iModelId: string): IModel | undefined;
  /** Every iModel under watch. */
  iModels(): Iterable<IModel>;
  script(jobId: string): Script;
  /** Which credentials are in the secret. */
  credentialsVersion(): string;
}

/** Something of one kind that happened. */
export type HappeningOf<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;

/** By the kind of what happens: called after each thing of that kind. */
export type ByKind<Result> = {
  readonly [Kind in Happening['kind']]?: (happening: HappeningOf<Kind>) => Result;
};

/** Looks at one run. */
export interface Watcher {
  /** What it has to know later. Comes before any judging of the same thing. */
  readonly note?: ByKind<void>;
  /** What must hold: a violation is returned, in a sentence. */
  readonly judge?: ByKind<string | undefined>;
  /** What must hold once everything has settled. */
  end?(): string | undefined;
}

/** Something that must hold whatever goes wrong. */
export interface Invariant {
  readonly name: string;
  watch(world: WorldView): Watcher;
}
