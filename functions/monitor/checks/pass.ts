import pMap from 'p-map';
import { owedAlerts, type WatchedJob } from '../../core/jobs/job.ts';
import { afterWalk, type Checkpoint } from '../../core/sweeps/checkpoint.ts';
import { type AnswerCounts, NO_ANSWERS } from '../../core/sweeps/faults.ts';
import { continuePass, hasSkipped, type PassPart, planPass } from '../../core/sweeps/pass.ts';
import { learn, NO_RUNS } from '../../core/sweeps/run-lengths.ts';
import { type PassPlan, type Turn, turnOf } from '../../core/sweeps/schedule.ts';
import type { Publisher } from '../alerts/outbox.ts';
import type { SweepContext, SweepSettings } from '../context.ts';
import { guarded } from '../guarded.ts';
import type { Lease } from '../lease.ts';
import type { RequestGate } from '../upstream/token-bucket.ts';
import type { UpstreamAccess } from '../upstream/upstream.ts';
import { type Check, createCheck } from './check.ts';
import { createSettledKeys, type SettledKeys } from './cursor.ts';
import { createRecorder, createSettlement } from './record.ts';
import { createJudge, type Judge } from './weigh.ts';

/** What the checks of a sweep work with. */
export interface CheckParts {
  readonly lease: Lease;
  readonly upstream: UpstreamAccess;
  readonly publisher: Publisher;
}

/**
 * The part of a sweep that asks how runs stand: puts together the round and the judge, and says how far
 * they came.
 */
export async function checkPendingJobs(
  context: SweepContext,
  settings: SweepSettings,
  { lease, upstream, publisher }: CheckParts,
): Promise<Checkpoint> {
  const { time, report } = context;
  const { found } = lease;
  const { gate, pauses, session } = upstream;
  const keys = createSettledKeys();
  let { runLengths } = found;
  const record = createRecorder(context, publisher, (job) => {
    runLengths = learn(runLengths ?? NO_RUNS, job);
  });
  const judge = createJudge(context, {
    pauses,
    settlement: createSettlement(context, record, keys),
    tallies: { pass: found.answers, lastPass: found.lastPassAnswers ?? NO_ANSWERS },
  });
  const check = createCheck(context, gate, session);

  const round = await goRound(context, settings, found, { gate, check, judge, keys, publisher });
  await judge.conclude(round.areAllAsked);

  const now = time.now();
  const parts = settledParts(round, keys);
  report.pending = found.pendingSeen + (parts[0]?.done.length ?? 0);
  report.passesCompleted = parts.filter(({ isPassComplete }) => isPassComplete).length;
  return afterWalk(
    parts.reduce((checkpoint, part) => continuePass(checkpoint, part, now), lease.checkpoint),
    {
      budgetLeft: gate.left,
      pause: pauses.current,
      pauseCount: pauses.count,
      runLengths,
    },
    now,
  );
}

/** How much of the budget is left alone until it is known which runs have ended and how. */
const LEFT_TO_LOGS = 0.1;

/** What a sweep walks of one pass. */
interface Leg {
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly pending: PendingJobs;
  /** How the previously seen jobs of this leg and those before it answered. */
  tally: AnswerCounts;
}

/** Where a sweep went. */
export interface Round {
  /** On with the pass under way, and perhaps on into the next one. */
  readonly legs: readonly Leg[];
  /** Whether every pending job was asked about in the pass that the sweep went on with. */
  readonly areAllAsked: boolean;
}

/**
 * Goes round the pending jobs, once at most: on with the pass under way and, when that comes to its
 * end with budget left, on with the next one up to where the sweep began. Where there are more jobs
 * than budget, the last tenth of it is there for the logs of runs that turn out to have failed, and
 * only then for more checks.
 */
export async function goRound(
  context: SweepContext,
  { checksPerMinute, concurrency }: SweepSettings,
  found: Checkpoint,
  parts: WalkParts & PendingJobsParts,
): Promise<Round> {
  const { gate, judge } = parts;
  const { now } = context.time;
  const { after: start } = found;

  function setOut(checkpoint: Checkpoint, until?: string): Leg {
    const plan = planPass(checkpoint, checksPerMinute);
    const { after } = checkpoint;
    const pending = createPendingJobs(context, parts, { plan, after, until });
    return { startedAt: now(), pending, tally: judge.tally };
  }

  async function walkOn(leg: Leg, leave: number): Promise<void> {
    await walk(context, parts, leg.pending.admitted(leave), concurrency);
    leg.tally = judge.tally;
  }

  const first = setOut(found);
  let second: Leg | undefined;
  for (const leave of [Math.ceil(gate.left * LEFT_TO_LOGS), 0]) {
    await walkOn(second ?? first, leave);
    const isOver = first.pending.isExhausted && !gate.isClosed;
    if (second || !isOver || start === undefined || gate.left - leave < 1) continue;
    const passed = continuePass(found, partOf(first, first.pending.visits.length), now());
    second = setOut(passed, start);
    await walkOn(second, leave);
  }
  const { isExhausted, visits } = first.pending;
  const hasAskedAll = !hasSkipped(found.answers) && visits.every(({ isDue }) => isDue);
  return {
    legs: second ? [first, second] : [first],
    areAllAsked: isExhausted && !gate.isClosed && hasAskedAll,
  };
}

/** What the round adds to each pass, as far as its keys are settled. */
export function settledParts({ legs }: Round, keys: SettledKeys): PassPart[] {
  const parts: PassPart[] = [];
  let left = keys.count;
  let before: AnswerCounts = NO_ANSWERS;
  for (const leg of legs) {
    const part = partOf(leg, Math.min(left, leg.pending.visits.length), keys.last, before);
    parts.push(part);
    // A pass that is not over goes on where it was, whatever was checked beyond its end.
    if (!part.isPassComplete) break;
    left -= part.done.length;
    before = leg.tally;
  }
  return parts;
}

function partOf(
  { startedAt, pending: { visits, isExhausted }, tally }: Leg,
  settled: number,
  last?: string,
  before: AnswerCounts = NO_ANSWERS,
): PassPart {
  return {
    startedAt,
    ...(settled > 0 && last !== undefined && { last }),
    done: visits.slice(0, settled),
    isPassComplete: isExhausted && settled === visits.length,
    answers: { alive: tally.alive - before.alive, missing: tally.missing - before.missing },
  };
}

/** What a walk works with. */
export interface WalkParts {
  readonly check: Check;
  readonly judge: Judge;
  readonly publisher: Publisher;
}

/**
 * Checks pending jobs as they come, each once.
 *
 * @param concurrency checks in flight at a time
 */
export async function walk(
  context: SweepContext,
  { check, judge, publisher }: WalkParts,
  pending: AsyncIterable<WatchedJob>,
  concurrency: number,
): Promise<void> {
  const { jobs, signal, report } = context;

  async function visit(job: WatchedJob): Promise<void> {
    try {
      await judge.take(job, await check(job.jobId));
    } catch (error) {
      await judge.takeError(job, error);
    }
    if (owedAlerts(job).length > 0) await publishOwed(job.jobId);
  }

  /** A job that was reopened may still owe the alert of its last end. */
  async function publishOwed(jobId: string): Promise<void> {
    try {
      const current = await jobs.get(jobId, signal);
      if (current) await publisher.publishOwed(current);
    } catch (error) {
      report.errors += 1;
      context.log.error('What a pending job owes could not be settled', { jobId, error });
    }
  }

  await pMap(guarded(pending, context), visit, { concurrency });
}

/** Jobs read at a time: a page stays well under the 1 MB that one query may return. */
const PAGE_SIZE = 500;

/** What is needed to walk through pending jobs. */
export interface PendingJobsParts {
  readonly gate: RequestGate;
  /** Gets to know each key that the walk comes to. */
  readonly keys: SettledKeys;
}

/** Which of the pending jobs a walk comes by, in which pass. */
export interface Stretch {
  readonly plan: PassPlan;
  /** The walk goes on after this key; undefined: from the first. */
  readonly after: string | undefined;
  /** It ends with this key; undefined: with the last. */
  readonly until: string | undefined;
}

/** The pending jobs of a walk, in key order, each once. */
export interface PendingJobs {
  /**
   * Those whose turn it is and that the gate admits a request for; goes on where it stopped. The
   * others are settled without a check, and cost no more than the reading of their index entry.
   *
   * @param leave so much of the budget is left alone
   */
  admitted(leave: number): AsyncGenerator<WatchedJob>;
  /** What it has come by so far. */
  readonly visits: readonly Turn[];
  /** Whether the last pending job was reached. */
  readonly isExhausted: boolean;
}

/** The pending jobs for one walk. */
export function createPendingJobs(
  { jobs, signal, startedAt }: SweepContext,
  { gate, keys }: PendingJobsParts,
  { plan, after, until }: Stretch,
): PendingJobs {
  const visits: Turn[] = [];
  let isExhausted = false;
  const pages = readPages();
  let page: readonly WatchedJob[] = [];
  /** How many jobs of the page it has come by. */
  let at = 0;

  async function* readPages(): AsyncGenerator<readonly WatchedJob[]> {
    let last = after;
    do {
      // One more than may be asked about tells whether the budget's last job is the pass's last.
      const limit = Math.ceil((Math.floor(gate.left) + 1) * plan.jobsPerCheck);
      const read = await jobs.pendingPage(last, Math.min(PAGE_SIZE, limit), signal);
      const end = read.items.findIndex(({ jobId }) => until !== undefined && jobId > until);
      if (end !== -1) return yield read.items.slice(0, end);
      yield read.items;
      last = read.last;
    } while (last !== undefined);
    isExhausted = true;
  }

  /** The first job of the next page that has any; undefined after the last. */
  async function turnPage(): Promise<WatchedJob | undefined> {
    while (at === page.length) {
      const next = await pages.next();
      if (next.done) return undefined;
      [page, at] = [next.value, 0];
    }
    return page[at];
  }

  return {
    async *admitted(leave) {
      for (;;) {
        const job = page[at] ?? (await turnPage());
        if (job === undefined) return;
        const visit = turnOf(job, plan, startedAt);
        if (visit.isDue && (gate.left - leave < 1 || !gate.admit())) return;
        at += 1;
        visits.push(visit);
        keys.begin(job.jobId);
        if (visit.isDue) yield job;
        else keys.settle(job.jobId);
      }
    },
    visits,
    get isExhausted() {
      return isExhausted;
    },
  };
}
