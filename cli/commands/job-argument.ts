import type { Cli } from '../context.ts';

/** Says what the argument JOB of a command is. */
export function withJob(cli: Cli) {
  return cli.positional('job', {
    type: 'string',
    demandOption: true,
    describe: "The job id: upstream's run.id, a UUID",
  });
}
