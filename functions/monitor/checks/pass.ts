import pMap from 'p-map';
import { type Job, owedAlerts, placeOf, type WatchedJob } from '../../core/jobs/job.ts';
import type { FailedObservation } from '../../core/jobs/observation.ts';
import { afterChecks, type Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { type ApiAnswers, addAnswers } from '../../core/sweeps/faults.ts';
import {
  continuePass,
  hasSkipped,
  leftToLogs,
  type PassPart,
  planPass,
} from '../../core/sweeps/pass.ts';
import { isPendingJob, learn, NO_RUNS, type Turn } from '../../core/sweeps/schedule.ts';
import { guarded, type Outbox } from '../alerts/outbox.ts';
import type { SweepContext, SweepSettings } from '../context.ts';
import type { Lease } from '../lease.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type Answers, createAnswers } from './answers.ts';
import { type CheckResult, createAsk } from './check.ts';
import { type Cursor, createCursor, type Due } from './cursor.ts';
import { createListings } from './listings.ts';
import { createRecorder, type Recorder } from './record.ts';

/** How much of the budget is left alone until it is known which runs have ended and how. */
const LEFT_TO_LOGS = 0.1;

/** What the checks of a sweep work with. */
interface PassTools {
  readonly lease: Lease;
  readonly upstream: Upstream;
  readonly outbox: Outbox;
}

/** What a sweep checks of one pass. */
interface Part {
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly cursor: Cursor;
  /** How previously seen jobs had answered in this sweep when the part began. */
  readonly answersBefore: ApiAnswers;
}

/**
 * Checks the pending jobs, each once at most: goes on with the pass under way and, when that comes to
 * its end with budget left, begins the next one, up to where the sweep began. With more jobs than
 * budget the last tenth of it waits for the logs of runs that turn out to have failed; what they
 * leave goes into more checks, but for a follow-up's.
 *
 * @returns the checkpoint with how far it came, to be written by the lease
 */
export async function checkPendingJobs(
  context: SweepContext,
  settings: SweepSettings,
  { lease, upstream, outbox }: PassTools,
): Promise<Checkpoint> {
  const { found } = lease;
  const { now } = context.time;
  const parts: Part[] = [];
  let { runLengths } = found;
  const onDone = (key: string) => {
    for (const { cursor } of parts) cursor.done(key);
  };
  const onEnded = (job: Job) => {
    runLengths = learn(runLengths ?? NO_RUNS, job);
  };
  const recorder = createRecorder(context, settings, { outbox, found, onEnded, onDone });
  const answers = createAnswers(context, upstream, recorder, found);
  const check = createCheck(context, { upstream, outbox, recorder, answers, onDone });

  function begin(checkpoint: Checkpoint, until?: string): Part {
    const plan = planPass(checkpoint, settings.checksPerMinute);
    const range = { plan, after: checkpoint.after, until, isAtFault: answers.isAtFault };
    const cursor = createCursor(context, upstream, range);
    const part = { startedAt: now(), cursor, answersBefore: answers.counts };
    parts.push(part);
    return part;
  }

  async function checkPart({ cursor }: Part, reserve: number): Promise<void> {
    const due = guarded(cursor.due(reserve), context);
    await pMap(due, check, { concurrency: settings.concurrency });
  }

  const first = begin(found);
  let next: Part | undefined;
  const reserves = context.isFollowUp
    ? [leftToLogs(settings.checksPerMinute)]
    : [Math.ceil(upstream.left * LEFT_TO_LOGS), 0];
  for (const reserve of reserves) {
    await checkPart(first, reserve);
    const hasRoom = upstream.left - reserve >= 1 && !upstream.breaker.isOpen;
    if (!next && first.cursor.isAtEnd && hasRoom && found.after !== undefined) {
      const whole = { ...added(first, answers.counts), done: first.cursor.turns };
      const passed = continuePass(found, { ...whole, isPassComplete: true }, now());
      next = begin(passed, found.after);
    }
    if (next) await checkPart(next, reserve);
  }
  await answers.conclude(areAllAsked(first, found, upstream));
  await recorder.recordLengths();

  const done = partsDone(parts, answers.counts);
  const jobsDone = done[0]?.done.filter(({ isList }) => !isList) ?? [];
  context.report.pending = found.pendingSeen + jobsDone.length;
  context.report.passesCompleted = done.filter(({ isPassComplete }) => isPassComplete).length;
  const end = now();
  const place = done.reduce((before, part) => continuePass(before, part, end), lease.checkpoint);
  return afterChecks(place, { ...upstreamAfter(upstream), runLengths }, end);
}

/** What a check works with. */
interface CheckTools {
  readonly upstream: Upstream;
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly answers: Answers;
  readonly onDone: (key: string) => void;
}

/** Checks what a cursor comes by: an iModel by its list, a job by the list of its iModel, else by its id. */
function createCheck(
  context: SweepContext,
  { upstream, outbox, recorder, answers, onDone }: CheckTools,
) {
  const ask = createAsk(context, upstream);
  const listings = createListings(context, { upstream, ask, recorder });

  /** @returns undefined when its list does not speak of it, and the run wants to be asked later */
  async function askAbout(job: WatchedJob, turn: Turn): Promise<CheckResult | undefined> {
    const run = await listings.runOf(job);
    if (run?.status) return run.status;
    if (turn.isWaiting) return undefined;
    // What its list lacks, or all of it when the listing failed, takes a request of its own.
    if (turn.isListed && !upstream.take()) return { kind: 'NotAsked' };
    const answer = await ask((token, signal) => context.status.ask(job, token, signal));
    return run && answer.kind === 'Missing' && answer.status === 404 ? LISTED : answer;
  }

  return async ({ entry, turn }: Due): Promise<void> => {
    if (!isPendingJob(entry)) {
      if (await listings.read(entry)) onDone(placeOf(entry));
      return;
    }
    try {
      const result = await askAbout(entry, turn);
      if (result) await answers.take(entry, result);
      else onDone(placeOf(entry));
    } catch (error) {
      await answers.takeError(entry, error);
    }
    // A job that was reopened may still owe the alert of its last end.
    if (owedAlerts(entry).length > 0) await outbox.publishOwedBy(entry.jobId);
  };
}

/** A run is not gone that upstream itself still lists. */
const LISTED: FailedObservation = {
  kind: 'Failed',
  error: { name: 'UpstreamFault', message: 'Upstream answers 404 for a run that it still lists.' },
};

function upstreamAfter({ bucket, breaker, contact }: Upstream) {
  return { bucket, ...breaker.standing, contact: contact.current };
}

/** Whether every pending job was asked about in the pass that the sweep went on with. */
function areAllAsked({ cursor }: Part, found: Checkpoint, upstream: Upstream): boolean {
  const hasAskedAll = !hasSkipped(found) && cursor.turns.every(({ isDue }) => isDue);
  return cursor.isAtEnd && !upstream.breaker.isOpen && hasAskedAll;
}

/** What the sweep adds to each pass. */
function partsDone(parts: readonly Part[], counts: ApiAnswers): PassPart[] {
  const done = parts.map((part, i) => added(part, parts[i + 1]?.answersBefore ?? counts));
  // A pass that is not over goes on where it was, whatever was checked beyond its end.
  return done[0]?.isPassComplete ? done : done.slice(0, 1);
}

/** What a part adds to its pass: only keys that are done count. */
function added({ startedAt, cursor, answersBefore }: Part, answersAfter: ApiAnswers): PassPart {
  const { progress } = cursor;
  return {
    startedAt,
    ...progress,
    isPassComplete: cursor.isAtEnd && progress.done.length === cursor.turns.length,
    answers: addAnswers(answersAfter, answersBefore, -1),
  };
}
