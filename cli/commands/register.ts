import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { showJob } from '../job-text.ts';
import { last, wholeNumber } from '../option-values.ts';
import { withJob } from './job-argument.ts';

/** `register JOB`: puts a run under watch. */
export function addRegister(cli: Cli, context: Context): Cli {
  return cli.command(
    'register <job>',
    'Put a run under watch',
    (command) =>
      withJob(command)
        .option('label', { type: 'string', coerce: last, describe: 'What to call the run' })
        .option('timeout-minutes', {
          type: 'number',
          coerce: wholeNumber('timeout-minutes'),
          describe: 'For how long to watch it  [1440]',
        })
        .option('remind-after-minutes', {
          type: 'string',
          coerce: remindAfter,
          describe: 'When to be reminded of it if it is still pending, or "never"',
        })
        .example('$0 register $JOB --label "Tower B, nightly"', 'Alert when it has ended')
        .example('$0 register $JOB --remind-after-minutes 120', 'And once after two hours')
        .epilogue(
          'Registered again, a job stays as it is; one that the monitor gave up is reopened.',
        ),
    async ({ job, label, timeoutMinutes, remindAfterMinutes, ...common }) => {
      const registered = accepted(
        await context.api(common).POST('/jobs', {
          body: {
            jobId: job,
            ...(label !== undefined && { label }),
            ...(timeoutMinutes !== undefined && { timeoutMinutes }),
            ...(remindAfterMinutes !== undefined && { remindAfterMinutes }),
          },
        }),
      );
      showJob(registered, context.screen, common);
    },
  );
}

function remindAfter(value: string | readonly string[] | undefined): number | null | undefined {
  const text = last(value);
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError('--remind-after-minutes is a whole number, or "never".');
}
