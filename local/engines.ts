import { startEmbeddedDynamoDb } from './dynamodb/embedded-dynamodb.ts';
import type { Surroundings } from './functions.ts';
import { type Mailer, startMailer } from './mail/mailer.ts';
import type { Narrator } from './narrator.ts';
import type { LocalSettings } from './settings.ts';
import { type EmbeddedSns, startEmbeddedSns } from './sns/embedded-sns.ts';
import { subscriptionsOf, synthesizeTemplate } from './template.ts';

/** What stands around the functions. */
interface Engines {
  readonly sns: EmbeddedSns;
  /** Absent when alerts are only shown. */
  readonly mailer: Mailer | undefined;
  readonly surroundings: Surroundings;
}

/** Gets whatever must be stopped when the run stops, in the order in which it was started. */
export type StopLater = (stop: () => Promise<void>) => void;

/**
 * Starts tables and topic as the stack defines them, and what mails the alerts.
 *
 * @throws DataDirInUse, StoreUnreadable or CorruptFile, which say what to do
 */
export async function startEngines(
  { dataDir, mail }: LocalSettings,
  tell: Narrator,
  later: StopLater,
): Promise<Engines> {
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
export async function alertsOnRecord({ sns, mailer }: Engines): Promise<object[]> {
  const alerts = await sns.alerts();
  return alerts.map((alert) => {
    const { mailTo, ...rest } = alert;
    return { ...rest, ...(mailer && { mail: mailer.statusOf(alert) }) };
  });
}
