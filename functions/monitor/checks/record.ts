import { applyChange } from '../../core/jobs/apply.ts';
import { decide } from '../../core/jobs/decide.ts';
import { type Job, owedAlerts, placeOf, type WatchedJob } from '../../core/jobs/job.ts';
import type { Observation } from '../../core/jobs/observation.ts';
import { isTerminal } from '../../core/jobs/states.ts';
import { kindOf } from '../../core/kinds/kinds.ts';
import type { Outbox } from '../alerts/outbox.ts';
import type { SweepContext } from '../context.ts';

/** Puts on record what was found out about jobs. Nothing in it throws. */
export interface Recorder {
  /** Records what was observed of a job, if anything, and publishes the alert that it then owes. */
  record(job: WatchedJob, observation?: Observation): Promise<void>;
  /** An error of ours is logged, and the job is done with: no sick job may hold up the rest. */
  fail(job: WatchedJob, error: unknown): void;
}

/** Who is told of what was recorded. */
interface RecorderEvents {
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
  outbox: Outbox,
  { onEnded, onDone }: RecorderEvents,
): Recorder {
  const { jobs, report, log, signal } = context;

  async function writeNews(
    watched: WatchedJob,
    observation: Observation,
  ): Promise<Job | undefined> {
    const job = await jobs.get(watched.jobId, signal);
    if (job?.version !== watched.version) return undefined;
    const clock = context.clock();
    const decision = decide(job, withoutOldWord(job, observation), clock);
    if (decision.kind === 'Unchanged') return job;
    const next = applyChange(job, decision, clock.now);
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
    tell(context, watched, job);
    if (isTerminal(job.state)) onEnded(job);
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
    fail,
  };
}

/** Counts and logs a change of state, if there was one. */
function tell({ report, log }: SweepContext, watched: WatchedJob, job: Job): void {
  if (job.state === watched.state) return;
  const { jobId, label, state: to, reason } = job;
  const facts = { jobId, label, from: watched.state, to, reason };
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

/**
 * What a list says that is no news: lists lag, and a run does not go backwards. A word that the job has
 * had before, since it is under watch, says only that the run is there.
 */
function withoutOldWord({ state, transitions }: Job, seen: Observation): Observation {
  if (seen.kind !== 'Status' || !seen.isListed || isTerminal(seen.state)) return seen;
  const reopened = transitions.findLastIndex(({ to }) => to === 'Registered');
  const isOld = transitions.slice(reopened + 1).some(({ to }) => to === seen.state);
  return isOld && seen.state !== state ? { kind: 'Pending' } : seen;
}
