import { createNarrator } from './narrator.ts';
import { startLocalRun } from './run.ts';
import { readLocalSettings } from './settings.ts';

/** How long (ms) a sweep that is under way may go on after Ctrl-C. */
const PATIENCE = 5_000;

/** Errors whose message is all that a person needs; those of the functions cross a thread by name. */
const TOLD_PLAINLY: ReadonlySet<string> = new Set([
  'CorruptFile',
  'CredentialsRefused',
  'DataDirInUse',
  'InsecureTokenUrl',
  'InvalidSetting',
  'PortInUse',
  'StoreUnreadable',
]);

const narrator = createNarrator(console.log, Date.now);

try {
  const settings = readLocalSettings(process.env);
  const starting = startLocalRun(settings, narrator);
  let isStopping = false;
  const stop = async () => {
    // npm passes a Ctrl-C on that the terminal has sent us already.
    if (isStopping) return;
    isStopping = true;
    narrator.say('Stopping');
    setTimeout(() => process.exit(0), PATIENCE).unref();
    await (await starting).stop();
    process.exit(0);
  };
  // The banner invites to a Ctrl-C before all has started: without these, that would kill.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const run = await starting;
  process.on('exit', () => narrator.farewell(run.notMailed(), settings.dataDir));
} catch (error) {
  if (!isForPeople(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Whether an error is one that the person at the terminal can do something about. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Error && TOLD_PLAINLY.has(error.name);
}
