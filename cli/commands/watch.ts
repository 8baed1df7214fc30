import { setTimeout } from 'node:timers/promises';
import type { Job } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, CommonOptions, Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { wholeNumber } from '../option-values.ts';
import {
  createJsonTimeline,
  createLiveTimeline,
  createPlainTimeline,
  type Timeline,
} from '../timeline.ts';
import { withJob } from './jobs.ts';

/** For how long (s) to try again, unless the person says: a run takes hours, a network a break. */
const RETRY_SECONDS = 300;

/** How often (s) to ask, unless the person says. */
const EVERY_SECONDS = { local: 2, deployed: 5 };

/** `watch JOB`: follows a job until it has ended. */
export function addWatch(cli: Cli, context: Context): Cli {
  const { signal } = context.surroundings;
  return cli.command(
    'watch <job>',
    'Follow a job until it has ended',
    withWatchOptions,
    async ({ job: jobId, everySeconds, allowIssues, ...common }) => {
      const { isLocal } = context.address(common);
      const seconds = everySeconds ?? EVERY_SECONDS[isLocal ? 'local' : 'deployed'];
      const timeline = createTimeline(context, common);
      const api = context.api(common, RETRY_SECONDS, timeline.trouble);
      try {
        for await (const job of follow(api, jobId, seconds * 1000, signal)) {
          timeline.update(job);
          context.endWith(isWell(job, allowIssues) ? EXIT.done : EXIT.endedOtherwise);
        }
      } finally {
        timeline.stop();
      }
    },
  );
}

/**
 * A job as each answer has it, until it has ended; the same object as before when nothing is new.
 * Asks at intervals (ms) by entity tag, so that an answer without news costs next to nothing.
 *
 * @throws AbortError when the signal is aborted
 */
async function* follow(
  api: Api,
  jobId: string,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<Job, void, undefined> {
  let known: { readonly job: Job; readonly tag: string } | undefined;
  while (known?.job.endedAt == null) {
    if (known) await setTimeout(intervalMs, undefined, { signal });
    const header = known && { 'If-None-Match': known.tag };
    const params = { path: { jobId }, ...(header && { header }) };
    const answer = await api.GET('/jobs/{jobId}', { params });
    if (!known || answer.response.status !== 304) {
      known = { job: accepted(answer), tag: answer.response.headers.get('etag') ?? '' };
    }
    yield known.job;
  }
}

function withWatchOptions(command: Cli) {
  return withJob(command)
    .option('every-seconds', {
      type: 'number',
      coerce: wholeNumber('every-seconds', 1),
      describe: `How often to ask  [${EVERY_SECONDS.local}; deployed: ${EVERY_SECONDS.deployed}]`,
    })
    .option('allow-issues', {
      type: 'boolean',
      default: false,
      describe: 'Exit with 0 also when the run Succeeded and its logs contain issues',
    })
    .example('$0 watch $JOB', 'See how it goes')
    .example('$0 watch $JOB && ./publish-report', 'Go on when it succeeded')
    .example('$0 watch $JOB --json | tail -1 | jq .reason', 'Wait, then say why it ended so')
    .epilogue(
      'Exits with 0 when the run Succeeded without issues, with 1 when it ended otherwise. Into a ' +
        'pipe, each change is a line. Ctrl-C ends the command, not the watch of the job.',
    );
}

function createTimeline(context: Context, { json }: CommonOptions): Timeline {
  const { screen, surroundings, note } = context;
  if (json) return createJsonTimeline(screen, note);
  if (screen.isTerminal) return createLiveTimeline(screen, surroundings.now);
  return createPlainTimeline(screen, note);
}

function isWell({ state, containsIssues }: Job, allowIssues: boolean): boolean {
  return state === 'Succeeded' && (allowIssues || containsIssues !== true);
}
