import { applyChange } from '../jobs/apply.ts';
import { type Clock, decide } from '../jobs/decide.ts';
import { type Job, type UsualLength, wasEverSeen } from '../jobs/job.ts';
import type { StatusObservation } from '../jobs/observation.ts';
import { isEndedByMonitor, isSeen, isTerminal } from '../jobs/states.ts';
import { newJob } from '../jobs/watch.ts';
import { DEFAULT_KIND, type KindName } from '../kinds/kinds.ts';
import { omit, pick } from '../objects.ts';
import { DAY, MINUTE } from '../time.ts';
import { hasShownRuns, type IModel, type ListSource } from './imodel.ts';

/** A run as a list tells of it. */
export interface ListedRun {
  readonly jobId: string;
  /** When it began (ms since the epoch), where the list says so. */
  readonly startedAt?: number;
  /** Absent in a list without states. */
  readonly status?: StatusObservation;
}

/** How far clocks may differ (ms). */
export const GRACE = 5 * MINUTE;
/** How long before the newest run one may have begun and still be found (ms). */
export const WINDOW = DAY;

/**
 * A watched iModel, begun by now (ms since the epoch). By a clock that was set back since, runs that begin meanwhile
 * would be of no account, or over before the watch began.
 */
export function begunBy(iModel: IModel, now: number): IModel {
  return iModel.since > now + GRACE ? { ...iModel, since: now } : iModel;
}

/** What the runs of a list are. */
export const KIND_OF_SOURCE: Readonly<Record<ListSource, KindName>> = {
  'grouping-and-mapping': 'grouping-and-mapping-extraction',
  reporting: 'reporting-extraction',
};

/** Whether a run is one that nobody has looked at yet, and may be of account. */
export function isNew(iModel: IModel, { jobId, startedAt }: ListedRun): boolean {
  return (
    iModel.known?.[jobId] === undefined &&
    (startedAt ?? Number.POSITIVE_INFINITY) >= windowStart(iModel)
  );
}

/** Runs that began before are of no account. */
export function windowStart({ since, timeoutMinutes, newestAt = 0, floor = 0 }: IModel): number {
  return Math.max(since - GRACE - timeoutMinutes * MINUTE, newestAt - WINDOW, floor);
}

/**
 * The job of a run that was found, as it is put on record in one write: pending, or ended with its
 * alert owed. Our own time says when it was registered, upstream's when it began.
 *
 * @param usual what is usual of the iModel's runs
 * @returns undefined when it needs none: it was over before the watch began
 */
export function jobOfRun(
  iModel: IModel,
  run: ListedRun,
  clock: Clock,
  usual?: UsualLength,
): Job | undefined {
  const { status, startedAt } = run;
  const beganBefore =
    startedAt === undefined ? !isNewsWithoutStart(iModel) : startedAt < iModel.since - GRACE;
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
    ...pick(iModel, 'unusuallyLong'),
    ...(!status && beganBefore && { isQuietIfOver: true as const }),
  });
  const decision = status && decide(job, status, clock);
  if (!decision || decision.kind === 'Unchanged') return job;
  return applyChange(job, decision, clock.now, usual);
}

/**
 * Whether a run that does not say when it began is new, since the list was read whole and had others.
 * One that was empty may have been so for want of a role.
 */
function isNewsWithoutStart(iModel: IModel): boolean {
  return hasShownRuns(iModel) && iModel.floor === undefined;
}

/** Whether a job that somebody registered by its id is one of an iModel's runs, and pending or may be so again. */
export function isAdoptable(job: Job, { source }: Pick<IModel, 'source'>): boolean {
  const isOfKind = (job.kind ?? DEFAULT_KIND) === KIND_OF_SOURCE[source];
  const isOver = isTerminal(job.state) && !isEndedByMonitor(job.state);
  return !job.iModelId && !isOver && (isOfKind || !isKindSure(job));
}

/** Whether an answer ever bore out of what kind a job is: one that the monitor has ended may never have had any. */
function isKindSure(job: Job): boolean {
  return (isSeen(job.state) && !isTerminal(job.state)) || wasEverSeen(job);
}

/** A job that somebody registered by its id, now that its iModel is known, and when it began where the list says so. */
export function adopt(job: Job, iModel: IModel, run: Pick<ListedRun, 'startedAt'>): Job {
  const began = pick(run, 'startedAt');
  const adopted = { ...began, ...job, iModelId: iModel.iModelId, version: job.version + 1 };
  if (isKindSure(job)) return adopted;
  // What its own kind has in the path beside the id, another may not have: it could not be asked about.
  const bare = omit(adopted, 'connectionId', 'connectionType');
  return { ...bare, kind: KIND_OF_SOURCE[iModel.source] };
}
