import { printable } from '../functions/core/text.ts';
import { alertsOnRecord, healthWithMail, type StopLater, startEngines } from './engines.ts';
import {
  askThisMachineItself,
  forgetAwsSettings,
  monitorEnvironment,
  startApi,
  startMonitor,
} from './functions.ts';
import { startGateway } from './gateway/server.ts';
import { DEMONSTRATION_IMODEL, type ScenarioName } from './itwin-simulator/scenarios.ts';
import { type ItwinSimulator, startItwinSimulator } from './itwin-simulator/server.ts';
import type { Mailer } from './mail/mailer.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { startScheduler } from './scheduler.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { tellWhetherItLetsIn } from './upstream.ts';

/** How long (ms) a sweep that is under way may go on after Ctrl-C. */
const PATIENCE = 5_000;

/** Errors whose message is all that a person needs; those of the functions cross a thread by name. */
const TOLD_PLAINLY: ReadonlySet<string> = new Set([
  'CannotListen',
  'CorruptFile',
  'CredentialsRefused',
  'DataDirInUse',
  'DataDirRefused',
  'DiskFull',
  'InsecureTokenUrl',
  'InvalidSetting',
  'StoreUnreadable',
]);

/** Runs that a newcomer sees end in the first half minute, each in its own way. */
const RUNS: readonly { readonly label: string; readonly scenario: ScenarioName }[] = [
  { label: 'Demo: hospital, north wing', scenario: 'succeeds' },
  { label: 'Demo: bridge over the Neris', scenario: 'fails' },
  { label: 'Demo: metro station 4', scenario: 'succeedsWithIssues' },
];

/** The local API did not do what the demonstration needs of it. */
class DemonstrationFailed extends Error {
  override readonly name = 'DemonstrationFailed';
}

// Whatever is written, engines included, is for this user alone.
process.umask(0o077);
forgetAwsSettings(process.env);
askThisMachineItself(process.env);

let narrator = createNarrator(console.log, Date.now);

// LevelDB cannot go on after a write that failed half-way: what was answered is kept, the next start
// finds it, and nothing may be answered until then.
process.on('uncaughtException', (error) => {
  narrator.warn(`The run ends, since something broke; what was answered is kept. ${error.message}`);
  for (const line of error.stack?.split('\n').slice(1) ?? []) console.error(printable(line));
  process.exit(1);
});

try {
  const settings = readLocalSettings(process.env);
  narrator = createNarrator(console.log, Date.now, settings);
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
  console.error(printable(error.message));
  process.exitCode = 1;
}

/** Whether an error is one that the person at the terminal can do something about. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Error && TOLD_PLAINLY.has(error.name);
}

/** Extraction Monitor, whole, on this machine. */
interface LocalRun {
  /** Stops everything; what is on disk stays whole. */
  stop(): Promise<void>;
  /** What the mail server has not taken yet, one line for each alert and address. */
  notMailed(): readonly string[];
}

/**
 * Starts the two functions with all that they need: tables and topic as the stack defines them, an
 * iTwin simulator unless there is another upstream, the HTTP API, and a sweep every few seconds.
 *
 * @throws InvalidSetting, CannotListen, or DataDirInUse, which say what to do
 */
async function startLocalRun(settings: LocalSettings, tell: Narrator): Promise<LocalRun> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    const mailer = await start(settings, tell, (stopOne) => stops.push(stopOne));
    return { stop, notMailed: () => mailer?.notMailed() ?? [] };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  settings: LocalSettings,
  tell: Narrator,
  later: StopLater,
): Promise<Mailer | undefined> {
  const engines = await startEngines(settings, tell, later);
  const { sns, mailer, surroundings, routeKeys, messages } = engines;
  const simulator = settings.upstream
    ? undefined
    : await startItwinSimulator({ unknownRuns: 'succeeds' });
  if (simulator) later(simulator.close);
  const environment = monitorEnvironment(surroundings, {
    ...(simulator ? pointedAt(simulator) : settings.upstream),
    ...monitorSettings(settings),
  });

  const onError = (error: unknown) =>
    tell.logged({ level: 'ERROR', message: 'A function failed', facts: { error } });
  const { ITWIN_API_URL = '' } = environment;
  const api = await startApi(
    surroundings,
    {
      ITWIN_API_URL,
      REMIND_AFTER_MINUTES: String(settings.remindAfterMinutes),
      IMODELS: settings.iModels.join(),
    },
    tell.logged,
  );
  later(api.stop);
  const monitor = await startMonitor(surroundings, environment, tell.logged);
  later(monitor.stop);

  const gateway = await startGateway({
    port: settings.port,
    host: settings.host,
    names: settings.names,
    invoke: (event) =>
      mailer && event.rawPath === '/health'
        ? healthWithMail(event, api.invoke, mailer)
        : api.invoke(event),
    routeKeys,
    localRoutes: { 'GET /local/alerts': () => alertsOnRecord(engines) },
    onError,
  });
  later(gateway.close);
  tell.banner({
    ...settings,
    apiUrl: gateway.url,
    upstream: ITWIN_API_URL,
    isSimulated: simulator !== undefined,
  });
  const { host } = settings;
  if (gateway.isOpen) tell.warn(openTo(host, new URL(gateway.url).port));
  mailer?.resume([...(await sns.notices()), ...(await sns.alerts())].toReversed(), sns.addresses());
  if (simulator) await demonstrate(simulator, gateway.url);
  else void tellWhetherItLetsIn(environment, tell);
  later(startScheduler(settings.sweepSeconds, { ...monitor, onError, messages }).stop);
  return mailer;
}

function openTo(host: string, port: string): string {
  return (
    `It listens on ${host}, port ${port}: anyone who reaches that may read, register and cancel jobs, ` +
    'and is not asked who they are. Leave HOST out, or let a proxy alone reach it.'
  );
}

/** What the monitor takes as it is set. */
function monitorSettings(settings: LocalSettings): Record<string, string> {
  return {
    CHECKS_PER_MINUTE: String(settings.checksPerMinute),
    CHECK_EVERY_SECONDS: String(settings.checkEverySeconds),
    TIME_ZONE: settings.timeZone ?? '',
    UNUSUALLY_LONG: String(settings.unusuallyLong),
    DIGEST_AT: settings.digestAt ?? '',
    PAGE_URL: settings.pageUrl ?? '',
    IMODELS: settings.iModels.join(),
    REMIND_AFTER_MINUTES: String(settings.remindAfterMinutes),
  };
}

function pointedAt(simulator: ItwinSimulator): Record<string, string> {
  return {
    ITWIN_API_URL: simulator.url,
    ITWIN_TOKEN_URL: simulator.tokenUrl,
    ITWIN_CLIENT_ID: simulator.clientId,
    ITWIN_CLIENT_SECRET: simulator.clientSecret,
  };
}

/**
 * Registers the demonstration runs over HTTP, as any caller would, and watches an iModel in which a run
 * begins by itself, unless jobs of an earlier run are on record already.
 *
 * @throws DemonstrationFailed
 */
async function demonstrate(simulator: ItwinSimulator, apiUrl: string): Promise<void> {
  const { jobs } = await request(`${apiUrl}/jobs?limit=1`);
  const isFirst = jobs.length === 0;
  // An iModel of an earlier run is watched still, and must be there.
  const automaticRuns = isFirst ? DEMONSTRATION_IMODEL.automaticRuns : [];
  const iModelId = simulator.addIModel({ ...DEMONSTRATION_IMODEL, automaticRuns });
  if (!isFirst) return;
  for (const { label, scenario } of RUNS) {
    const jobId = simulator.addRun({ scenario });
    await send('POST', `${apiUrl}/jobs`, { jobId, label });
  }
  await send('PUT', `${apiUrl}/imodels/${iModelId}`, { label: 'Demo: harbour terminal' });
}

function send(method: string, url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return request(url, { method, headers, body: JSON.stringify(body) });
}

async function request(url: string, init?: RequestInit): Promise<{ jobs: readonly unknown[] }> {
  const response = await fetch(url, init);
  const body = await response.text();
  if (response.ok) return JSON.parse(body);
  throw new DemonstrationFailed(`${url} answered ${response.status}: ${body}`);
}
