import { applyChange, newJob } from '../jobs/apply.ts';
import { type Clock, decide } from '../jobs/decide.ts';
import type { Job } from '../jobs/job.ts';
import type { StatusObservation } from '../jobs/observation.ts';
import { isSeen, isTerminal } from '../jobs/states.ts';
import { DEFAULT_KIND, type KindName } from '../kinds/kinds.ts';
import { omit } from '../objects.ts';
import { DAY, MINUTE } from '../time.ts';
import type { IModel, ListSource, ListTrouble } from './imodel.ts';

/** A run as a list tells of it. */
export interface ListedRun {
  readonly jobId: string;
  /** When it began (ms since the epoch), where the list says so. */
  readonly startedAt?: number;
  /** Absent in a list without states. */
  readonly status?: StatusObservation;
}

/** What a listing has found, page by page. */
export interface Listing {
  /** By id; of an id that is listed twice an end wins. */
  readonly runs: ReadonlyMap<string, ListedRun>;
  /** Whether the list was read to where nothing new can be. */
  readonly isComplete: boolean;
  /** Whether every page was read. */
  readonly isWhole: boolean;
  /** Whether the first page has the newest run of all. */
  readonly isInOrder: boolean;
  /** Where to go on, of a listing that is not complete. */
  readonly next?: string;
}

/** How far clocks may differ (ms). */
const GRACE = 5 * MINUTE;
/** How long before the newest run one may have begun and still be found (ms). */
const WINDOW = DAY;
/** The most ids that are kept of an iModel. */
const KNOWN = 500;
/** How often all pages are read (ms). */
const ALL_READ_EVERY = DAY;

/** What the runs of a list are. */
const KIND_OF_SOURCE: Readonly<Record<ListSource, KindName>> = {
  'grouping-and-mapping': 'grouping-and-mapping-extraction',
  reporting: 'reporting-extraction',
};

/** Of two entries with one id, the one that tells of an end. */
export function laterOf(one: ListedRun | undefined, other: ListedRun): ListedRun {
  return one?.status && isTerminal(one.status.state) ? one : other;
}

/** Whether this listing has to read every page (`now`: ms since the epoch). */
export function readsAll({ isUnordered, allReadAt = 0 }: IModel, now: number): boolean {
  return isUnordered === true || now - allReadAt >= ALL_READ_EVERY;
}

/** Whether a run is one that nobody has looked at yet, and may be of account. */
export function isNew(iModel: IModel, { jobId, startedAt }: ListedRun): boolean {
  return (
    iModel.known?.[jobId] === undefined &&
    (startedAt ?? Number.POSITIVE_INFINITY) >= windowStart(iModel)
  );
}

/** Runs that began before are of no account. */
function windowStart({ since, timeoutMinutes, newestAt = 0, floor = 0 }: IModel): number {
  return Math.max(since - GRACE - timeoutMinutes * MINUTE, newestAt - WINDOW, floor);
}

/**
 * The job of a run that was found, as it is put on record in one write: pending, or ended with its
 * alert owed. Our own time says when it was registered, upstream's when it began.
 *
 * @returns undefined when it needs none: it was over before the watch began
 */
export function jobOfRun(iModel: IModel, run: ListedRun, clock: Clock): Job | undefined {
  const { status, startedAt } = run;
  const beganBefore = startedAt === undefined || startedAt < iModel.since - GRACE;
  if (status && isTerminal(status.state) && beganBefore) return undefined;
  const job = newJob({
    jobId: run.jobId,
    kind: KIND_OF_SOURCE[iModel.source],
    iModelId: iModel.iModelId,
    ...(startedAt !== undefined && { startedAt }),
    ...(iModel.label !== undefined && { label: iModel.label }),
    registeredAt: clock.now,
    registeredBy: `watch of iModel ${iModel.iModelId}`,
    timeoutAt: clock.now + iModel.timeoutMinutes * MINUTE,
    ...(iModel.remindAfterMinutes && { remindAt: clock.now + iModel.remindAfterMinutes * MINUTE }),
    ...(!status && beganBefore && { isQuietIfOver: true as const }),
  });
  const decision = status && decide(job, status, clock);
  if (!decision || decision.kind === 'Unchanged') return job;
  return applyChange(job, decision, clock.now);
}

/** Whether a job that somebody registered by its id is one of an iModel's runs, and still pending. */
export function isAdoptable(job: Job, { source }: IModel): boolean {
  const isOfKind = (job.kind ?? DEFAULT_KIND) === KIND_OF_SOURCE[source];
  return !job.iModelId && !isTerminal(job.state) && (isOfKind || !isSeen(job.state));
}

/** A pending job that somebody registered by its id, now that its iModel is known. */
export function adopt(job: Job, iModel: IModel): Job {
  return {
    ...job,
    iModelId: iModel.iModelId,
    ...(!isSeen(job.state) && { kind: KIND_OF_SOURCE[iModel.source] }),
    version: job.version + 1,
  };
}

/**
 * An iModel after a listing whose runs are all on record. The window moves only by a listing that came
 * to its end. The same object when there is nothing to write.
 */
export function afterListing(iModel: IModel, listing: Listing, now: number): IModel {
  const starts = [...listing.runs.values()].flatMap(({ startedAt }) => startedAt ?? []);
  const newest = Math.max(iModel.newestAt ?? 0, ...starts);
  const moved: IModel = {
    ...omit(iModel, 'next', 'trouble', 'isUnordered'),
    ...(listing.isComplete && newest > 0 && { newestAt: newest }),
    ...(!listing.isComplete && listing.next !== undefined && { next: listing.next }),
    ...(listing.isWhole ? { allReadAt: now } : {}),
    ...((listing.isWhole ? !listing.isInOrder : iModel.isUnordered) && { isUnordered: true }),
  };
  const known = knownAfter(iModel, moved, listing);
  const next = { ...moved, ...known };
  return isSame(iModel, next, listing, now) ? iModel : { ...next, version: iModel.version + 1 };
}

/** An iModel whose runs could not be listed; the same object when that is known. */
export function withTrouble(
  iModel: IModel,
  trouble: Omit<ListTrouble, 'since'>,
  now: number,
): IModel {
  if (iModel.trouble?.cause === trouble.cause) return iModel;
  const since = iModel.trouble?.since ?? now;
  return { ...iModel, trouble: { ...trouble, since }, version: iModel.version + 1 };
}

function knownAfter(
  before: IModel,
  moved: IModel,
  { runs }: Listing,
): Pick<IModel, 'known' | 'floor'> {
  const known = { ...before.known };
  for (const { jobId, startedAt = 0 } of runs.values()) known[jobId] ??= startedAt;
  const kept = Object.entries(known)
    .filter(([, startedAt]) => startedAt >= windowStart(moved))
    .sort(([, one], [, other]) => other - one);
  const [, oldestKept] = kept[KNOWN - 1] ?? [];
  return {
    known: Object.fromEntries(kept.slice(0, KNOWN)),
    // More than can be kept: what began before the oldest of them is of no account any more.
    ...(kept.length > KNOWN && oldestKept !== undefined && { floor: oldestKept }),
  };
}

/** All pages are read once a day; that alone is worth a write, as nothing else tells when it was. */
function isSame(before: IModel, after: IModel, listing: Listing, now: number): boolean {
  const ids = Object.keys(after.known ?? {});
  return (
    before.newestAt === after.newestAt &&
    before.next === after.next &&
    before.trouble === undefined &&
    before.isUnordered === after.isUnordered &&
    before.floor === after.floor &&
    ids.length === Object.keys(before.known ?? {}).length &&
    ids.every((id) => before.known?.[id] !== undefined) &&
    !(listing.isWhole && now - (before.allReadAt ?? 0) >= ALL_READ_EVERY)
  );
}
