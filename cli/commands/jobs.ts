import type { Argv } from 'yargs';
import type { Job } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { showJob } from '../job-text.ts';
import { DEFAULT_KIND, isLink, jobIdOf, KINDS, last, wholeNumber } from '../option-values.ts';

/** `register JOB`: puts a run under watch, of which JOB may be the status link, too. */
export function addRegister(cli: Cli, context: Context): Cli {
  return cli.command(
    'register <job>',
    'Put a run under watch',
    (command) =>
      withReminders(
        withJob(command)
          .option('kind', {
            choices: KINDS,
            describe: `What the id is of; a link says it itself  [${DEFAULT_KIND}]`,
          })
          .option('connection-id', {
            type: 'string',
            coerce: last,
            describe: 'Of a synchronization: the connection that the run is of',
          })
          .option('connection-type', {
            choices: ['storage', 'manifest'],
            describe: 'What sort of connection it is  [storage]',
          })
          .option('label', { type: 'string', coerce: last, describe: 'What to call the run' })
          .option('timeout-minutes', {
            type: 'number',
            coerce: wholeNumber('timeout-minutes'),
            describe: 'For how long to watch it  [1440]',
          }),
        'it',
      )
        .example('$0 register $JOB --label "Tower B, nightly"', 'Alert when it has ended')
        .example('$0 register $JOB --remind-after-minutes 120', 'And once after two hours')
        .example('$0 register https://api.bentley.com/…/extractions/$JOB', 'A status link will do')
        .epilogue(
          'Registered again, a job stays as it is; one that the monitor gave up is reopened.',
        ),
    async ({ job, kind, connectionId, connectionType, label, ...options }) => {
      const { timeoutMinutes, remindAfterMinutes, unusuallyLong, ...common } = options;
      const registered = accepted(
        await context.api(common).POST('/jobs', {
          body: {
            ...(isLink(job) ? { statusUrl: job } : { jobId: jobIdOf(job) }),
            ...(kind !== undefined && { kind }),
            ...(connectionId !== undefined && { connectionId }),
            ...(connectionType !== undefined && { connectionType }),
            ...(label !== undefined && { label }),
            ...(timeoutMinutes !== undefined && { timeoutMinutes }),
            ...(remindAfterMinutes !== undefined && { remindAfterMinutes }),
            ...(unusuallyLong !== undefined && { unusuallyLong }),
          },
        }),
        'endedAt',
      );
      showJob(registered, context.screen, common);
      const { ignored = [] } = registered;
      if (ignored.length > 0) context.note(`The job was known. ${ignoredText(ignored)}.`);
    },
  );
}

/** What was not done of a registration, and what `change` does of it: it has no option for the rest. */
function ignoredText(ignored: NonNullable<Job['ignored']>): string {
  const changed = ignored.filter((name) => name !== 'unusuallyLong').join(', ');
  return `Ignored: ${ignored.join(', ')}${changed && `; "change" changes ${changed}`}`;
}

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
        .GET('/jobs/{jobId}', { params: { path: { jobId: jobIdOf(job) } } });
      showJob(accepted(answer, 'endedAt'), context.screen, common);
    },
  );
}

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
        .DELETE('/jobs/{jobId}', { params: { path: { jobId: jobIdOf(job) } } });
      showJob(accepted(answer, 'endedAt'), context.screen, common);
    },
  );
}

/** `change JOB`: has it watched otherwise. */
export function addChange(cli: Cli, context: Context): Cli {
  return cli.command(
    'change <job>',
    'Change label, timeout or reminder of a job under watch',
    (command) =>
      withJob(command)
        .option('label', {
          type: 'string',
          coerce: last,
          describe: 'What to call the run; "" takes the label away',
        })
        .option('timeout-minutes', {
          type: 'number',
          coerce: wholeNumber('timeout-minutes'),
          describe: 'For how long to watch it, from its registration on',
        })
        .option('remind-after-minutes', {
          type: 'string',
          coerce: remindAfter,
          describe: 'When to be reminded of it, from then on too; or "never"',
        })
        .example('$0 change $JOB --timeout-minutes 2880', 'Two days instead of one'),
    async ({ job, label, timeoutMinutes, remindAfterMinutes, ...common }) => {
      const body = {
        ...(label !== undefined && { label: label === '' ? null : label }),
        ...(timeoutMinutes !== undefined && { timeoutMinutes }),
        ...(remindAfterMinutes !== undefined && { remindAfterMinutes }),
      };
      if (Object.keys(body).length === 0) {
        throw new UsageError('Change what? --label, --timeout-minutes or --remind-after-minutes.');
      }
      const params = { path: { jobId: jobIdOf(job) } };
      const answer = await context.api(common).PATCH('/jobs/{jobId}', { params, body });
      showJob(accepted(answer, 'endedAt'), context.screen, common);
    },
  );
}

function withJob(cli: Cli) {
  return cli.positional('job', {
    type: 'string',
    demandOption: true,
    describe: "The job id: upstream's run.id, or the link to the run's status",
  });
}

/** Adds what says whether to be told of a run, as it is to be called, that is still pending. */
export function withReminders<T>(command: Argv<T>, run: string) {
  return command
    .option('remind-after-minutes', {
      type: 'string',
      coerce: remindAfter,
      describe: `When to be reminded of ${run} if it is still pending, or "never"`,
    })
    .option('unusually-long', {
      type: 'boolean',
      describe: `Whether to be told if ${run} becomes unusually long; if not: --no-unusually-long`,
    });
}

/** The value of an option that says when to be reminded. @throws UsageError */
function remindAfter(value: string | readonly string[] | undefined): number | null | undefined {
  const text = last(value);
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError('--remind-after-minutes is a whole number, or "never".');
}
