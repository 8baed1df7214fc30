import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { showJob } from '../job-text.ts';
import { withJob } from './job-argument.ts';

/** `show JOB`: all that is on record about a job. */
export function addShow(cli: Cli, context: Context): Cli {
  return cli.command(
    'show <job>',
    'Show all that is on record about a job',
    (command) =>
      withJob(command)
        .example('$0 show $JOB', 'Where it stands, since when, and why')
        .example('$0 show $JOB --json | jq .transitions', 'Every change of state'),
    async ({ job, ...common }) => {
      const answer = await context
        .api(common)
        .GET('/jobs/{jobId}', { params: { path: { jobId: job } } });
      showJob(accepted(answer), context.screen, common);
    },
  );
}
