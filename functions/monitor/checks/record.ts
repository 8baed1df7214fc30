import pMap from 'p-map';
import {
  adopt,
  isAdoptable,
  jobOfRun,
  KIND_OF_SOURCE,
  type ListedRun,
} from '../../core/imodels/found-runs.ts';
import type { IModel } from '../../core/imodels/imodel.ts';
import { applyChange } from '../../core/jobs/apply.ts';
import { callsForUsual, decide, withoutOldWord } from '../../core/jobs/decide.ts';
import {
  isTroubled,
  type Job,
  owedAlerts,
  placeOf,
  type UsualLength,
  type WatchedJob,
} from '../../core/jobs/job.ts';
import type { Observation } from '../../core/jobs/observation.ts';
import { isTerminal, type State } from '../../core/jobs/states.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import { omit, pick } from '../../core/objects.ts';
import {
  type GroupLengths,
  groupOf,
  isLengthKnown,
  usualLength,
  withLengths,
} from '../../core/statistics/lengths.ts';
import type { Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { lastSeenAt } from '../../core/sweeps/pass.ts';
import type { Outbox } from '../alerts/outbox.ts';
import type { SweepContext, SweepSettings } from '../context.ts';

/** Puts on record what was found out about jobs. But for `found`, nothing in it throws. */
export interface Recorder {
  /** Records what was observed of a job, if anything, and publishes the alert that it then owes. */
  record(job: WatchedJob, observation?: Observation): Promise<void>;
  /** Puts a run on record that a list has shown; one that somebody registered by its id is adopted. */
  found(iModel: IModel, run: ListedRun): Promise<void>;
  /** Once all checks are made, records how long the runs took whose ends they have found. */
  recordLengths(): Promise<void>;
  /** An error of ours is logged, and the job is done with: no sick job may hold up the rest. */
  fail(job: WatchedJob, error: unknown): void;
}

/** What a recorder goes by, and who is told of what was recorded. */
interface RecorderTools {
  readonly outbox: Outbox;
  /** The checkpoint as the sweep found it: by that it is known when a job was last checked. */
  readonly found: Checkpoint;
  /** This sweep has put the end of a job on record. */
  readonly onEnded: (job: Job) => void;
  /** Nothing more is to be done for a key. Of what the end of the sweep aborts, nobody is told. */
  readonly onDone: (key: string) => void;
}

/**
 * A recorder for one sweep. The index says which jobs to check and is enough to see that there is no
 * news; when there is, the item itself is read and decided on, and written on the condition that
 * its version is still the one that was checked.
 */
export function createRecorder(
  context: SweepContext,
  settings: SweepSettings,
  { outbox, found, onEnded, onDone }: RecorderTools,
): Recorder {
  const { jobs, report, log, signal } = context;
  const lengths = createLengths(context, settings);

  async function writeNews(
    watched: WatchedJob,
    observation: Observation,
  ): Promise<Job | undefined> {
    const job = await jobs.get(watched.jobId, signal);
    if (job?.version !== watched.version) return undefined;
    const clock = context.clock();
    const decision = decide(job, withoutOldWord(job, observation), clock);
    if (decision.kind === 'Unchanged') return job;
    const usual = callsForUsual(job, decision) ? await lengths.usualOf(job) : undefined;
    const next = applyChange(job, decision, clock.now, usual, lastSeenAt(watched, found) ?? 0);
    return (await jobs.update(job, next, signal)) ? next : undefined;
  }

  async function recordNews(watched: WatchedJob, observation: Observation): Promise<void> {
    noteTrouble(context, watched, observation);
    if (decide(watched, observation, context.clock()).kind === 'Unchanged') return;
    const job = await writeNews(watched, observation);
    if (!job) {
      report.lostConditions += 1;
      return;
    }
    tell(context, watched.state, job);
    if (isTerminal(job.state)) {
      onEnded(job);
      if (!isTroubled(watched) && isLengthKnown(job, lastSeenAt(watched, found)))
        lengths.ended(job);
    }
    if (owedAlerts(job).length > 0) await outbox.publishOwed(job);
  }

  function fail(job: WatchedJob, error: unknown): void {
    if (signal.aborted) return;
    report.errors += 1;
    log.error('A check could not be carried through', { jobId: job.jobId, error });
    onDone(placeOf(job));
  }

  return {
    async record(job, observation) {
      try {
        if (observation) await recordNews(job, observation);
      } catch (error) {
        return fail(job, error);
      }
      onDone(placeOf(job));
    },
    async found(iModel, run) {
      const group = { ...pick(iModel, 'iModelId'), kind: KIND_OF_SOURCE[iModel.source] };
      const usual = run.status && (await lengths.usualOf(group));
      await putFound(context, outbox, iModel, run, usual);
    },
    recordLengths: lengths.record,
    fail,
  };
}

/** How many groups are written at a time. */
const CONCURRENCY = 8;

/**
 * How long the runs of each group took: read when a job asks, once a sweep, and written once a group. It
 * is no part of a job: where it cannot be read nothing is usual, and what cannot be written is lost.
 */
function createLengths(
  { lengths, report, log, signal }: SweepContext,
  { unusuallyLong = true }: SweepSettings,
) {
  const known = new Map<string, Promise<GroupLengths | undefined>>();
  const ended = new Map<string, Job[]>();

  function fail(group: string, error: unknown): undefined {
    if (signal.aborted) return;
    report.errors += 1;
    log.warn('How long runs take could not be read or written', { group, error });
  }

  function read(group: string): Promise<GroupLengths | undefined> {
    const reading = known.get(group) ?? lengths.get(group, signal).catch((e) => fail(group, e));
    known.set(group, reading);
    return reading;
  }

  async function write(group: string, runs: readonly Job[]): Promise<void> {
    const after = withLengths(group, await read(group), runs);
    if (!(await lengths.put(after, signal))) report.lostConditions += 1;
  }

  return {
    async usualOf(job: Parameters<typeof groupOf>[0]): Promise<UsualLength | undefined> {
      const group = groupOf(job);
      const usual =
        group === undefined ? undefined : usualLength((await read(group))?.counts ?? {});
      return usual && !unusuallyLong ? omit(usual, 'longAbove') : usual;
    },
    ended(job: Job): void {
      const group = groupOf(job);
      if (group !== undefined) ended.set(group, [...(ended.get(group) ?? []), job]);
    },
    async record(): Promise<void> {
      const writeGroup = ([group, runs]: [string, Job[]]) =>
        write(group, runs).catch((error) => fail(group, error));
      await pMap(ended, writeGroup, { concurrency: CONCURRENCY });
    },
  };
}

const ADOPT_ATTEMPTS = 3;

/** Puts a run on record that was found; one that somebody registered by its id is adopted. */
async function putFound(
  context: SweepContext,
  outbox: Outbox,
  iModel: IModel,
  run: ListedRun,
  usual: UsualLength | undefined,
): Promise<void> {
  const { jobs, report, log, signal } = context;
  const job = jobOfRun(iModel, run, context.clock(), usual);
  if (job && (await jobs.add(job))) {
    report.runsFound += 1;
    const { jobId, iModelId, label, state } = job;
    log.info('A run of a watched iModel was found', { jobId, iModelId, label, state });
    if (!kindOf(job).states.pending.includes(state)) tell(context, 'Registered', job);
    if (owedAlerts(job).length > 0) await outbox.publishOwed(job);
    return;
  }
  // Of those that are too many for their ids to be kept, each listing would look for every one again.
  if (!job && run.startedAt === undefined && iModel.floor !== undefined) return;
  // A check of the same sweep may write it at this moment; after this listing nobody would try again.
  for (let attempt = 0; attempt < ADOPT_ATTEMPTS; attempt += 1) {
    const known = await jobs.get(run.jobId, signal);
    if (!known || !isAdoptable(known, iModel)) return;
    if (await jobs.update(known, adopt(known, iModel, run), signal)) return;
    report.lostConditions += 1;
  }
}

/** Counts and logs a change of state, if there was one. */
function tell({ report, log }: SweepContext, from: State, job: Job): void {
  const { jobId, label, state: to, reason } = job;
  if (to === from) return;
  const facts = { jobId, label, from, to, reason };
  report.transitions += 1;
  if (isTerminal(job.state)) {
    report.jobsEnded += 1;
    log.info('A job ended', facts);
  } else if (kindOf(job).states.pending.includes(job.state)) {
    log.info('A job changed its state', facts);
  } else {
    report.unknownStates += 1;
    log.warn('Upstream answers with a state that is not known; it is watched on', facts);
  }
}

/** Counts and logs what is wrong with an answer, whatever it means for the job. */
function noteTrouble({ report, log }: SweepContext, job: WatchedJob, seen: Observation): void {
  const { jobId } = job;
  if (seen.kind === 'Status') report.fieldsLeftOut += seen.leftOut?.length ?? 0;
  if (seen.kind === 'Failed') {
    report.failedChecks += 1;
    const { error, correlationId } = seen;
    log.warn('A check failed', { jobId, error, ...(correlationId && { correlationId }) });
  }
  if (seen.kind === 'Limited' && seen.isAlone) {
    report.failedChecks += 1;
    log.warn('Upstream limits requests for one run alone', { jobId });
  }
}
