import type { JobSummary } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { listLines } from '../job-text.ts';
import { JOB_STATES, KINDS, last, timeOf, wholeNumber } from '../option-values.ts';

/** The most that the API gives at once. */
const PAGE = 100;

interface Filters {
  readonly kind?: JobSummary['kind'];
  readonly state?: string[];
  readonly stateGroup?: 'pending' | 'ended';
  readonly containsIssues?: 'true';
  readonly labelPrefix?: string;
  readonly registeredFrom?: string;
  readonly registeredBefore?: string;
}

/** `list`: jobs, newest first. */
export function addList(cli: Cli, context: Context): Cli {
  return cli.command(
    'list',
    'List jobs, newest first',
    withFilters,
    async ({ limit, withIssues, ...options }) => {
      const { kind, state, stateGroup, labelPrefix, since, before, utc } = options;
      const now = context.surroundings.now();
      const filters: Filters = {
        ...(kind !== undefined && { kind }),
        ...(state !== undefined && { state: [...state] }),
        ...(stateGroup !== undefined && { stateGroup }),
        ...(withIssues && { containsIssues: 'true' as const }),
        ...(labelPrefix !== undefined && { labelPrefix }),
        ...(since !== undefined && { registeredFrom: timeOf('since', since, now, utc) }),
        ...(before !== undefined && { registeredBefore: timeOf('before', before, now, utc) }),
      };
      const { jobs, isAll } = await collect(context.api(options), filters, limit);
      const { screen } = context;
      if (options.json) screen.json(jobs);
      else if (jobs.length === 0 && screen.isTerminal) screen.line('No jobs.');
      else screen.lines(listLines(shown(jobs, filters, screen), screen));
      // A cursor may lead to nothing more.
      if (!isAll) context.note(`There may be more than these ${limit}: see --limit.`);
    },
  );
}

/** To a person, of those under watch the ones first that take unusually long. */
function shown(
  jobs: readonly JobSummary[],
  { stateGroup }: Filters,
  { isTerminal }: Context['screen'],
): readonly JobSummary[] {
  if (!isTerminal || stateGroup !== 'pending') return jobs;
  const isLate = ({ unusual }: JobSummary) => Number(unusual === 'Long');
  return jobs.toSorted((one, other) => isLate(other) - isLate(one));
}

function withFilters(command: Cli) {
  return command
    .option('kind', { choices: KINDS, describe: 'Only jobs of this kind' })
    .option('state', {
      type: 'string',
      array: true,
      coerce: statesOf,
      describe: 'Only jobs in this state; may be given several times',
    })
    .option('state-group', {
      choices: ['pending', 'ended'] as const,
      describe:
        'Only jobs under watch (on a terminal, unusually long ones first), or only those that are not any more',
    })
    .option('with-issues', {
      type: 'boolean',
      default: false,
      describe: 'Only jobs that met with issues, whatever their state',
    })
    .option('label-prefix', {
      type: 'string',
      coerce: last,
      describe: 'Only jobs whose label begins so, in the same case',
    })
    .option('since', {
      alias: 'registered-from',
      type: 'string',
      coerce: last,
      describe: 'Only jobs registered then or later: 12h (ago), a date',
    })
    .option('before', {
      alias: 'registered-before',
      type: 'string',
      coerce: last,
      describe: 'Only jobs registered before',
    })
    .option('limit', {
      type: 'number',
      default: 20,
      coerce: (value: number) => wholeNumber('limit', 1)(value),
      describe: 'How many jobs at the most',
    })
    .example('$0 list --since 12h --state Failed --state TimedOut', 'What went wrong last night')
    .example('$0 list --state-group pending --json | jq -r ".[].jobId"', 'Job ids for a script')
    .epilogue(
      'A time is so long ago (90m, 12h, 2d) or a date, with or without a time of day: local unless it ' +
        'says Z or an offset, or --utc is given. Into a pipe, a job is a line: state, registered at, ' +
        'job id, label, 404 or 403 where upstream answers that, kind, reason; tabs between them.',
    );
}

/** @throws UsageError for a word that is no state: the list would be empty, and nobody would know why */
function statesOf(words: readonly string[] | undefined): readonly string[] | undefined {
  // `--state=`, as of a variable that is not set.
  if (words?.length === 0) throw new UsageError(`--state is one of ${JOB_STATES.join(', ')}.`);
  return words?.map((word) => {
    const state = JOB_STATES.find((each) => each.toLowerCase() === word.toLowerCase());
    if (state !== undefined) return state;
    throw new UsageError(`There is no state "${word}". Choices: ${JOB_STATES.join(', ')}.`);
  });
}

/** Follows the cursors until there are enough jobs, or no more. */
async function collect(
  api: Api,
  filters: Filters,
  limit: number,
): Promise<{ readonly jobs: readonly JobSummary[]; readonly isAll: boolean }> {
  const jobs: JobSummary[] = [];
  const followed = new Set<string>();
  let cursor: string | null | undefined;
  while (cursor !== null && jobs.length < limit) {
    const query = {
      ...filters,
      limit: Math.min(PAGE, limit - jobs.length),
      ...(cursor !== undefined && { cursor }),
    };
    const page = accepted(await api.GET('/jobs', { params: { query } }), 'jobs');
    jobs.push(...page.jobs);
    cursor = page.cursor;
    if (cursor === null) continue;
    // As behind a cache that takes all pages for one: there would be no end, or the same jobs again and again.
    if (followed.has(cursor))
      throw new Error('The list goes in circles. Is the URL that of the API?');
    followed.add(cursor);
  }
  return { jobs, isAll: cursor === null };
}
