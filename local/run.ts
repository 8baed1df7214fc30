import { demonstrate } from './demonstration.ts';
import { startEmbeddedDynamoDb } from './dynamodb/embedded-dynamodb.ts';
import { readLogLine } from './function-log.ts';
import { type Surroundings, startApi, startMonitor } from './functions.ts';
import { startGateway } from './gateway/server.ts';
import { type ItwinSimulator, startItwinSimulator } from './itwin-simulator/server.ts';
import { type Mailer, startMailer } from './mail/mailer.ts';
import type { Narrator } from './narrator.ts';
import { startScheduler } from './scheduler.ts';
import type { LocalSettings } from './settings.ts';
import { type EmbeddedSns, startEmbeddedSns } from './sns/embedded-sns.ts';
import { subscriptionsOf } from './subscriptions.ts';
import { synthesizeTemplate } from './template.ts';

/** Gets whatever must be stopped when the run stops, in the order in which it was started. */
type StopLater = (stop: () => Promise<void>) => void;

/** Extraction Monitor, whole, on this machine. */
export interface LocalRun {
  /** Stops everything; what is on disk stays whole. */
  stop(): Promise<void>;
  /** What the mail server has not taken yet, one line for each alert and address. */
  notMailed(): readonly string[];
}

/**
 * Starts the two functions with all that they need: tables and topic as the stack defines them, an
 * iTwin simulator unless there is another upstream, the HTTP API, and a sweep every few seconds.
 *
 * @throws InvalidSetting, PortInUse, or DataDirInUse, which say what to do
 */
export async function startLocalRun(settings: LocalSettings, tell: Narrator): Promise<LocalRun> {
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
  const { sns, mailer, surroundings } = await startEngines(settings, tell, later);
  const simulator = settings.upstream
    ? undefined
    : await startItwinSimulator({ unknownRuns: 'succeeds' });
  if (simulator) later(simulator.close);
  const upstream = simulator ? pointedAt(simulator) : (settings.upstream ?? {});

  const onLine = (line: string) => {
    const entry = readLogLine(line);
    if (entry) tell.logged(entry);
  };
  const onError = (error: unknown) =>
    tell.logged({ level: 'ERROR', message: 'A function failed', facts: { error } });
  const limits = { CHECKS_PER_MINUTE: String(settings.checksPerMinute) };
  const api = await startApi(surroundings, settings.remindAfterMinutes, onLine);
  later(api.stop);
  const monitor = await startMonitor(surroundings, { ...upstream, ...limits }, onLine);
  later(monitor.stop);

  const gateway = await startGateway({
    port: settings.port,
    invoke: api.invoke,
    localRoutes: { 'GET /local/alerts': () => alertsOnRecord(sns, mailer) },
    onError,
  });
  later(gateway.close);
  tell.banner({
    ...settings,
    apiUrl: gateway.url,
    upstream: upstream.ITWIN_API_URL ?? '',
    isSimulated: simulator !== undefined,
  });
  mailer?.resume((await sns.alerts()).toReversed());
  if (simulator) await demonstrate(simulator, gateway.url);
  later(startScheduler(settings.sweepSeconds, monitor.invoke, onError).stop);
  return mailer;
}

async function startEngines(
  { dataDir, mail }: LocalSettings,
  tell: Narrator,
  later: StopLater,
): Promise<{ sns: EmbeddedSns; mailer: Mailer | undefined; surroundings: Surroundings }> {
  const template = synthesizeTemplate();
  const tables = await startEmbeddedDynamoDb({ template, ...(dataDir && { dataDir }) });
  later(tables.close);
  const mailer = mail && (await startMailer({ settings: mail, dataDir, tell }));
  if (mailer) later(mailer.stop);
  const subscriptions = subscriptionsOf(template);
  const sns = await startEmbeddedSns({
    topicName: 'Alerts',
    subscriptions,
    dataDir,
    mailTo: mail?.to,
    onAlert(alert) {
      tell.alert(alert);
      mailer?.take(alert);
    },
    onConfirmationMail: tell.confirmationMail,
  });
  later(sns.close);
  const { Jobs = '', Checkpoint = '', Subscriptions = '' } = tables.tableNames;
  return {
    sns,
    mailer,
    surroundings: {
      dynamoDbUrl: tables.url,
      snsUrl: sns.url,
      jobsTable: Jobs,
      checkpointTable: Checkpoint,
      subscriptionsTable: Subscriptions,
      topicArn: sns.topicArn,
      declaredSubscriptions: subscriptions.map(
        ({ protocol, endpoint }) => `${protocol}:${endpoint}`,
      ),
    },
  };
}

/** Every alert, newest first, and how its mails stand when there are any. */
async function alertsOnRecord(sns: EmbeddedSns, mailer: Mailer | undefined): Promise<object[]> {
  const alerts = await sns.alerts();
  return alerts.map((alert) => {
    const { mailTo, ...rest } = alert;
    return { ...rest, ...(mailer && { mail: mailer.statusOf(alert) }) };
  });
}

function pointedAt(simulator: ItwinSimulator): Record<string, string> {
  return {
    ITWIN_API_URL: simulator.url,
    ITWIN_TOKEN_URL: simulator.tokenUrl,
    ITWIN_CLIENT_ID: simulator.clientId,
    ITWIN_CLIENT_SECRET: simulator.clientSecret,
  };
}
