import yargs, { type Argv } from 'yargs';
import manifest from '../package.json' with { type: 'json' };
import { LOCAL_URL } from './api/address.ts';
import { addIModels, addUnwatchIModel, addWatchIModel } from './commands/imodels.ts';
import { addCancel, addChange, addRegister, addShow } from './commands/jobs.ts';
import { addList } from './commands/list.ts';
import { addHealth, addTestAlert } from './commands/monitor.ts';
import { addOpen } from './commands/open.ts';
import { addStatistics } from './commands/statistics.ts';
import { addSubscribe, addSubscriptions, addUnsubscribe } from './commands/subscriptions.ts';
import { addWatch } from './commands/watch.ts';
import { type Context, createContext, withCommonOptions } from './context.ts';
import { ApiUnavailable, EXIT, isTold, UsageError } from './errors.ts';
import type { Surroundings } from './surroundings.ts';
import { plainLines } from './text.ts';

const NAME = 'extraction-monitor';
const COMMANDS = [
  addRegister,
  addList,
  addShow,
  addWatch,
  addStatistics,
  addChange,
  addCancel,
  addWatchIModel,
  addIModels,
  addUnwatchIModel,
  addSubscribe,
  addSubscriptions,
  addUnsubscribe,
  addTestAlert,
  addHealth,
  addOpen,
];

/** How wide help gets at the most, in characters. */
const HELP_WIDTH = 80;

/** For who has not started the local run, or meant another API. */
const LOCAL_HINT = '"npm start" starts the local run; --url names another API.';

const EPILOGUE = `What is asked is the local run (npm start), without credentials, unless --url or
EXTRACTION_MONITOR_URL name another API. That one gets the token in
EXTRACTION_MONITOR_TOKEN, if there is one; else requests are signed with your
AWS credentials (AWS_PROFILE and the rest of the SDK's chain).

Exit codes: 0 done, 2 usage, 3 no answer, 4 the API refused, 10 the output
cannot be written, 130 Ctrl-C; "watch --help" tells how jobs ended.`;

/**
 * Runs one command line.
 *
 * @param args without the names of program and script
 * @returns the exit code
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const context = createContext(surroundings);
  const { signal, stdout } = surroundings;
  try {
    await createCli(args, context).parseAsync(args, {}, (_error, _argv, output) => {
      if (output !== '') stdout.write(`${plainLines(output)}\n`);
    });
    return context.exitCode();
  } catch (error) {
    if (signal.aborted) return signal.reason === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT;
    if (!isTold(error)) {
      // Thrown, it would end as a run does that failed, and with words of the server as they came.
      context.note(String(error instanceof Error ? error.stack : error));
      return EXIT.broken;
    }
    context.note(error.message);
    if (error instanceof ApiUnavailable && error.message.includes(LOCAL_URL))
      context.note(LOCAL_HINT);
    return error.exitCode;
  }
}

function createCli(args: readonly string[], context: Context): Argv {
  const start = yargs()
    .scriptName(NAME)
    .usage('$0 COMMAND\n\nWatches extraction runs of the iTwin Platform and tells how they ended.')
    .wrap(Math.min(HELP_WIDTH, context.surroundings.stdout.columns || HELP_WIDTH))
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false })
    .fail((message, error) => refuse(args, message, error))
    .exitProcess(false);
  const cli = COMMANDS.reduce((cli, add) => add(cli, context), withCommonOptions(start));
  return cli
    .completion('completion', 'Print completions for the shell in $SHELL: bash, zsh or fish')
    .example('$0 register $JOB --label "Tower B" && $0 watch $JOB', 'Wait for a run')
    .example('$0 list --since 12h --state Failed', 'What failed last night')
    .example('$0 show $JOB --json | jq .reason', 'Why it ended so')
    .example('source <($0 completion)', 'Completions, in this bash')
    .epilogue(EPILOGUE)
    .version(manifest.version)
    .alias('help', 'h')
    .middleware(({ utc }) => {
      if (utc) context.screen.showUtc();
    })
    .strict()
    .demandCommand(1, 1, 'Which command?', 'One command at a time.')
    .recommendCommands();
}

const A_JOB = 'a job: its id, or the link to its status';
const AN_IMODEL = 'the id of an iModel';

/** What a command cannot do without. */
const NEEDED: ReadonlyMap<string, string> = new Map([
  ...['register', 'show', 'watch', 'change', 'cancel'].map((name) => [name, A_JOB] as const),
  ['watch-imodel', AN_IMODEL],
  ['unwatch-imodel', AN_IMODEL],
  ['subscribe', '"email" or "sms", and an address or a number'],
  ['unsubscribe', 'an address, a number or a subscription id'],
]);

/** Throws what a command threw, or what yargs finds wrong with the arguments. */
function refuse(args: readonly string[], message: string, error: Error | undefined): never {
  if (error && error.name !== 'YError') throw error;
  const command = args.find((arg) => NEEDED.has(arg));
  const isLacking = command !== undefined && /^Not enough non-option/.test(message);
  throw new UsageError(
    isLacking
      ? `"${command}" needs ${NEEDED.get(command)}.\n"${NAME} ${command} --help" tells how it is used.`
      : `${message ?? error?.message}\n"${NAME} --help" tells how it is used.`,
  );
}
