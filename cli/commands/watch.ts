import { setTimeout } from 'node:timers/promises';
import type { Job } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, CommonOptions, Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { jobIdOf, last, lengthOf, wholeNumber } from '../option-values.ts';
import {
  createJointTimeline,
  createJsonTimeline,
  createLiveTimeline,
  createPlainTimeline,
  type Timeline,
} from '../timeline.ts';

/** For how long (s) to try again, unless the person says: a run takes hours, a network a break. */
const RETRY_SECONDS = 300;

/** How often (s) to ask, unless the person says. */
const EVERY_SECONDS = { local: 2, deployed: 5 };

/** The longest a timer of Node takes (ms): one of more is over at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** For how long (ms) to wait for the logs of a job that has ended: they are read before its alert goes out. */
const LOGS_PATIENCE = 20_000;

/** How one is asked about. */
interface Pace {
  readonly intervalMs: number;
  /** When to wait no longer for an end: ms since the epoch. */
  readonly deadline: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** `watch JOB...`: follows jobs until all have ended. */
export function addWatch(cli: Cli, context: Context): Cli {
  return cli.command(
    'watch <jobs..>',
    'Follow jobs until all have ended',
    withWatchOptions,
    async ({ jobs, everySeconds, allowIssues, maxWait, ...common }) => {
      const jobIds = [...new Set(jobs.map(jobIdOf))];
      const { isLocal } = context.address(common);
      const seconds = everySeconds ?? EVERY_SECONDS[isLocal ? 'local' : 'deployed'];
      const timeline = createTimeline(context, common, jobIds.length);
      const deadline = context.surroundings.now() + (maxWait ?? Number.POSITIVE_INFINITY);
      const patience = { retrySeconds: RETRY_SECONDS, deadline, onTrouble: timeline.trouble };
      const api = context.api(common, patience);
      const over = new AbortController();
      const signal = AbortSignal.any([context.surroundings.signal, over.signal]);
      const intervalMs = Math.min(seconds * 1_000, LONGEST_TIMER);
      const pace = { intervalMs, deadline, signal };
      try {
        const ends = await Promise.all(
          jobIds.map((id) => followToEnd(api, id, pace, timeline, context)),
        );
        context.endWith(codeOf(ends, allowIssues));
      } finally {
        // Where one of several is not on record, nobody waits for the others.
        over.abort();
        timeline.stop();
      }
    },
  );
}

async function followToEnd(
  api: Api,
  jobId: string,
  pace: Pace,
  timeline: Timeline,
  { surroundings: { now }, note }: Context,
): Promise<Job> {
  let known: Known | undefined;
  let logsUntil = pace.deadline;
  for (;;) {
    known = await ask(api, jobId, known);
    const { job } = known;
    timeline.update(job);
    if (job.endedAt !== null) logsUntil = Math.min(logsUntil, now() + LOGS_PATIENCE);
    const isComplete = job.endedAt !== null && !areLogsToCome(job);
    const left = (job.endedAt === null ? pace.deadline : logsUntil) - now();
    if (isComplete || left <= 0) {
      if (job.endedAt === null) note(`Still ${job.state}: job ${jobId} stays under watch.`);
      timeline.end(job);
      return job;
    }
    await setTimeout(Math.min(pace.intervalMs, left), undefined, { signal: pace.signal });
  }
}

/** They are read between the end and its alert. */
function areLogsToCome({ state, containsIssues, logs, alert }: Job): boolean {
  const areRead = state === 'Failed' || state === 'PartiallySucceeded' || containsIssues === true;
  return areRead && logs === null && alert?.status === 'Owed';
}

/**
 * Asks by entity tag, so that an answer without news costs next to nothing.
 *
 * @returns the same as before when nothing is new
 */
async function ask(api: Api, jobId: string, known: Known | undefined): Promise<Known> {
  const header = known && { 'If-None-Match': known.tag };
  const params = { path: { jobId }, ...(header && { header }) };
  const answer = await api.GET('/jobs/{jobId}', { params });
  if (known && answer.response.status === 304) return known;
  return { job: accepted(answer, 'endedAt'), tag: answer.response.headers.get('etag') ?? '' };
}

interface Known {
  readonly job: Job;
  readonly tag: string;
}

function withWatchOptions(command: Cli) {
  return command
    .positional('jobs', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: "The job ids: upstream's run.id, or the link to the run's status",
    })
    .option('every-seconds', {
      type: 'number',
      coerce: wholeNumber('every-seconds', 1),
      describe: `How often to ask  [${EVERY_SECONDS.local}; deployed: ${EVERY_SECONDS.deployed}]`,
    })
    .option('max-wait', {
      type: 'string',
      coerce: maxWaitOf,
      describe: 'How long to wait at the most, such as 90m or 6h  [until the end]',
    })
    .option('allow-issues', {
      type: 'boolean',
      default: false,
      describe: 'Exit with 0 also when a run Succeeded and its logs contain issues',
    })
    .example('$0 watch $JOB', 'See how it goes')
    .example('$0 watch $JOB && ./publish-report', 'Go on when it succeeded')
    .example('$0 watch $JOB $OTHER --max-wait 6h', 'Until both have ended, for six hours')
    .example('$0 watch $JOB --json | tail -1 | jq .reason', 'Wait, then say why it ended so')
    .epilogue(
      'Exits with 0 when all runs Succeeded without issues; 1 failed, wholly or in part; 7 the ' +
        'monitor gave up in time; 6 not found, or access denied; 8 cancelled or aborted; 9 still pending after ' +
        '--max-wait; 5 Succeeded with issues. Of several, the first of these that is the case. Into a ' +
        'pipe, each change is a line. Ctrl-C ends the command, not the watch of the jobs.',
    );
}

function maxWaitOf(value: string | readonly string[] | undefined): number | undefined {
  const text = last(value);
  if (text === undefined) return undefined;
  const length = lengthOf(text);
  if (length !== undefined) return length;
  throw new UsageError('--max-wait is a length of time such as 90m or 6h.');
}

function createTimeline(context: Context, { json }: CommonOptions, count: number): Timeline {
  const { screen, surroundings, note } = context;
  if (json) return createJsonTimeline(screen, note);
  if (count > 1) return createJointTimeline(screen, note);
  if (screen.isTerminal) return createLiveTimeline(screen, surroundings.now);
  return createPlainTimeline(screen, note);
}

/** What becomes of a script by how a job ended; of several, the first of these codes counts. */
const GRAVEST_FIRST = [
  EXIT.failed,
  EXIT.timedOut,
  EXIT.notFound,
  EXIT.cancelled,
  EXIT.stillPending,
  EXIT.issues,
] as const;

const CODES: Readonly<Record<string, number>> = {
  TimedOut: EXIT.timedOut,
  NotFound: EXIT.notFound,
  AccessDenied: EXIT.notFound,
  Aborted: EXIT.cancelled,
  Cancelled: EXIT.cancelled,
};

function codeOf(ends: readonly Job[], allowIssues: boolean): number {
  const codes = ends.map(({ state, endedAt, containsIssues }) => {
    if (endedAt === null) return EXIT.stillPending;
    if (state !== 'Succeeded') return CODES[state] ?? EXIT.failed;
    return containsIssues && !allowIssues ? EXIT.issues : EXIT.done;
  });
  return GRAVEST_FIRST.find((code) => codes.includes(code)) ?? EXIT.done;
}
