import type { JobSummary } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, Context } from '../context.ts';
import { listLines } from '../job-text.ts';
import { KINDS, last, timeOf, wholeNumber } from '../option-values.ts';

/** The most that the API gives at once. */
const PAGE = 100;

interface Filters {
  readonly kind?: JobSummary['kind'];
  readonly state?: string;
  readonly stateGroup?: 'pending' | 'ended';
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
    async ({ limit, ...options }) => {
      const { kind, state, stateGroup, labelPrefix, registeredFrom, registeredBefore } = options;
      const filters: Filters = {
        ...(kind !== undefined && { kind }),
        ...(state !== undefined && { state }),
        ...(stateGroup !== undefined && { stateGroup }),
        ...(labelPrefix !== undefined && { labelPrefix }),
        ...(registeredFrom !== undefined && { registeredFrom }),
        ...(registeredBefore !== undefined && { registeredBefore }),
      };
      const { jobs, isAll } = await collect(context.api(options), filters, limit);
      const { screen } = context;
      if (options.json) screen.json(jobs);
      else for (const line of listLines(jobs, screen)) screen.line(line);
      if (!isAll) context.note(`There are more than these ${limit}: see --limit.`);
    },
  );
}

function withFilters(command: Cli) {
  return command
    .option('kind', { choices: KINDS, describe: 'Only jobs of this kind' })
    .option('state', { type: 'string', coerce: last, describe: 'Only jobs in this state' })
    .option('state-group', {
      choices: ['pending', 'ended'] as const,
      describe: 'Only jobs under watch, or only those that are not any more',
    })
    .option('label-prefix', {
      type: 'string',
      coerce: last,
      describe: 'Only jobs whose label begins so, in the same case',
    })
    .option('registered-from', {
      type: 'string',
      coerce: timeOf('registered-from'),
      describe: 'Only jobs registered then or later',
    })
    .option('registered-before', {
      type: 'string',
      coerce: timeOf('registered-before'),
      describe: 'Only jobs registered before',
    })
    .option('limit', {
      type: 'number',
      default: 20,
      coerce: (value: number) => wholeNumber('limit', 1)(value),
      describe: 'How many jobs at the most',
    })
    .example('$0 list --state Failed --registered-from 2026-02-01', 'What failed since')
    .example('$0 list --state-group pending --json | jq -r ".[].jobId"', 'Job ids for a script')
    .epilogue(
      'Into a pipe, a job is a line: state, registered at, job id, label, tabs between them; where ' +
        'upstream answers 404 or 403 for the run, that is a fifth column, and a kind that is not the ' +
        'default a sixth.',
    );
}

/** Follows the cursors until there are enough jobs, or no more. */
async function collect(
  api: Api,
  filters: Filters,
  limit: number,
): Promise<{ readonly jobs: readonly JobSummary[]; readonly isAll: boolean }> {
  const jobs: JobSummary[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null && jobs.length < limit) {
    const query = {
      ...filters,
      limit: Math.min(PAGE, limit - jobs.length),
      ...(cursor !== undefined && { cursor }),
    };
    const page = accepted(await api.GET('/jobs', { params: { query } }));
    jobs.push(...page.jobs);
    cursor = page.cursor;
  }
  return { jobs, isAll: cursor === null };
}
