import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { showJob } from '../job-text.ts';
import { withJob } from './job-argument.ts';

/** `cancel JOB`: stops the watch. */
export function addCancel(cli: Cli, context: Context): Cli {
  return cli.command(
    'cancel <job>',
    'Stop the watch; the run itself goes on',
    (command) =>
      withJob(command)
        .example('$0 cancel $JOB', 'Nobody is alerted')
        .epilogue('A job that has ended stays as it is. Registering a cancelled job reopens it.'),
    async ({ job, ...common }) => {
      const answer = await context
        .api(common)
        .DELETE('/jobs/{jobId}', { params: { path: { jobId: job } } });
      showJob(accepted(answer), context.screen, common);
    },
  );
}
