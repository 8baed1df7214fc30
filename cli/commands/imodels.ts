import type { IModel } from '../../client/index.js';
import { accepted, acceptedEmpty } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { last, wholeNumber } from '../option-values.ts';
import type { Screen } from '../screen.ts';
import { plain } from '../text.ts';
import { withReminders } from './jobs.ts';

/** Where upstream lists the runs of an iModel. */
const SOURCES = ['grouping-and-mapping', 'reporting'] as const satisfies IModel['source'][];

/** Wide enough for a time, and for what is said where there is none. */
const TIME_WIDTH = 25;

/** `watch-imodel IMODEL`: finds and follows every run of an iModel. */
export function addWatchIModel(cli: Cli, context: Context): Cli {
  return cli.command(
    'watch-imodel <imodel>',
    'Find and follow every run of an iModel',
    (command) =>
      withReminders(
        withIModel(command)
          .option('label', { type: 'string', coerce: last, describe: 'What to call its runs' })
          .option('source', {
            choices: SOURCES,
            describe: 'Whose list of its runs to read  [grouping-and-mapping]',
          })
          .option('timeout-minutes', {
            type: 'number',
            coerce: wholeNumber('timeout-minutes'),
            describe: 'For how long to watch each run  [1440]',
          }),
        'a run',
      )
        .example('$0 watch-imodel $IMODEL --label "Tower B"', 'Alert when a run of it has ended')
        .epilogue('Repeated, it changes the settings to what it says. Jobs already there stay.'),
    async ({ imodel, label, source, timeoutMinutes, ...options }) => {
      const { remindAfterMinutes, unusuallyLong, ...common } = options;
      const watched = accepted(
        await context.api(common).PUT('/imodels/{iModelId}', {
          params: { path: { iModelId: imodel } },
          body: {
            ...(label !== undefined && { label }),
            ...(source !== undefined && { source }),
            ...(timeoutMinutes !== undefined && { timeoutMinutes }),
            ...(remindAfterMinutes !== undefined && { remindAfterMinutes }),
            ...(unusuallyLong !== undefined && { unusuallyLong }),
          },
        }),
        'iModelId',
      );
      const { screen } = context;
      if (common.json) screen.json(watched);
      else screen.lines(iModelLines([watched], screen));
    },
  );
}

/** `unwatch-imodel IMODEL`: no more runs of it are found. */
export function addUnwatchIModel(cli: Cli, context: Context): Cli {
  return cli.command(
    'unwatch-imodel <imodel>',
    'Find no more runs of an iModel',
    (command) =>
      withIModel(command)
        .example('$0 unwatch-imodel $IMODEL', 'Its jobs go on to their ends')
        .epilogue('To stop the watch of a job as well, cancel it.'),
    async ({ imodel, ...common }) => {
      const path = { iModelId: imodel };
      acceptedEmpty(await context.api(common).DELETE('/imodels/{iModelId}', { params: { path } }));
      if (!common.json) context.screen.line('No more runs of it are found. Its jobs go on.');
    },
  );
}

/** `imodels`: the watched iModels, and what is wrong with them. */
export function addIModels(cli: Cli, context: Context): Cli {
  return cli.command(
    'imodels',
    'List the watched iModels',
    (command) =>
      command
        .example('$0 imodels', 'Which are watched, when a run began last, and what is wrong')
        .example(
          '$0 imodels --json | jq ".[] | select(.trouble)"',
          'Those whose runs are not found',
        )
        .epilogue(
          'Into a pipe, an iModel is a line: newest run began at, iModel id, label, tabs between ' +
            'them; where its runs cannot be found, the cause is a fourth column.',
        ),
    async (common) => {
      const { iModels } = accepted(await context.api(common).GET('/imodels'), 'iModels');
      const { screen } = context;
      if (common.json) screen.json(iModels);
      else if (iModels.length === 0 && screen.isTerminal) screen.line('No iModels.');
      else screen.lines(iModelLines(iModels, screen));
    },
  );
}

function withIModel(cli: Cli) {
  return cli.positional('imodel', {
    type: 'string',
    demandOption: true,
    describe: 'The iModel id, a UUID',
  });
}

/** Columns for a person, and lines below for trouble; tabs into a pipe. */
function iModelLines(iModels: readonly IModel[], screen: Screen): readonly string[] {
  return iModels.flatMap(({ iModelId, label, lastRunStartedAt, trouble }) => {
    const columns = [plain(iModelId), plain(label ?? '')];
    if (!screen.isTerminal) {
      const cause = trouble ? [plain(trouble.cause)] : [];
      const began = lastRunStartedAt === null ? '' : screen.time(lastRunStartedAt);
      return [[began, ...columns, ...cause].join('\t')];
    }
    const began = lastRunStartedAt ? screen.time(lastRunStartedAt) : 'no start seen yet';
    const line = [began.padEnd(TIME_WIDTH), ...columns].join('  ').trimEnd();
    if (!trouble) return [line];
    const { cause, message, action, since } = trouble;
    const what = `  ${plain(cause)} since ${screen.time(since)}: ${plain(message)}`;
    return [line, what, `  ${plain(action)}`];
  });
}
