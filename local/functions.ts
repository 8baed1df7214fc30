/**
 * The two functions as they are deployed, and what they log.
 */
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fieldsOf, parseJson } from '../functions/core/objects.ts';
import { buildPage } from '../page/build.ts';
import { type LocalFunction, startFunction } from './lambda/function.ts';

/** Timeouts of the functions (ms), as they are deployed. */
const API_TIMEOUT = 29_000;
const MONITOR_TIMEOUT = 60_000;

/** Where the functions find tables and topic. */
export interface Surroundings {
  readonly dynamoDbUrl: string;
  readonly snsUrl: string;
  /** Empty where no sweep is to have follow-ups. */
  readonly followUpQueueUrl: string;
  /** The folder of this run: of the sockets that the hosts are the names of, and of the page. */
  readonly sockets: string;
  readonly topicArn: string;
  readonly operatorTopicArn: string;
  /** Whom the stack subscribes, each as `email:team@example.com`. */
  readonly declaredSubscriptions: readonly string[];
}

/** The embedded engines ask for no credentials, but the SDK does not send a request without. */
const AWS_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};

/**
 * Forgets what somebody has set for AWS itself, in the environment or in files: with endpoints by FIPS or
 * for dual stack, say, the SDK asks no other endpoint, and the run could not start.
 */
export function forgetAwsSettings(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_')) delete environment[name];
  }
  Object.assign(environment, AWS_ENVIRONMENT);
}

/** By what Node goes through a proxy: a worker has of the environment what it is given, and no more. */
const OF_PROXY = /^(NODE_USE_ENV_PROXY|(HTTPS?|NO)_PROXY)$/i;

/** Has whoever goes through a proxy ask this machine itself: there are the API and the simulator. */
export function askThisMachineItself(environment: NodeJS.ProcessEnv): void {
  const { NO_PROXY, no_proxy: others = NO_PROXY } = environment;
  environment.no_proxy = [...(others ? [others] : []), '127.0.0.1', 'localhost', '::1'].join();
}

/** One line of a function's structured log, as far as the local run tells people about it. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  /** What the line is about, besides the fields every line has. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Fields of the logger's own, which are no facts of a line. */
const OWN_FIELDS = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
]);

/**
 * Starts the api function as it is deployed.
 *
 * @param settings what the function may be told besides, such as where upstream is
 */
export function startApi(
  surroundings: Surroundings,
  settings: Readonly<Record<string, string>>,
  onLog: (line: LogLine) => void,
): Promise<LocalFunction> {
  // A deployment has it beside the bundle.
  const pageFolder = join(surroundings.sockets, 'page');
  buildPage(pageFolder);
  return startFunction({
    functionName: 'api',
    entry: new URL('../functions/api/handler.ts', import.meta.url),
    sockets: surroundings.sockets,
    environment: {
      ...environmentOf(surroundings),
      PAGE_FOLDER: pageFolder,
      ...settings,
    },
    timeout: API_TIMEOUT,
    onLine: readTo(onLog),
  });
}

/**
 * The environment of the monitor.
 *
 * @param settings what is set of it, such as whom to watch, and how to get in
 */
export function monitorEnvironment(
  surroundings: Surroundings,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const ofProxy = Object.entries(process.env).filter(([name]) => OF_PROXY.test(name));
  return {
    ...Object.fromEntries(ofProxy),
    ...environmentOf(surroundings),
    ...followUpEnvironment(surroundings),
    // Who is reached changes with the mail server, and a look costs nothing here.
    LOOK_EVERY_SECONDS: '0',
    ...settings,
  };
}

/** The SDK takes the host of the queue for a mistake unless it is told the same. */
function followUpEnvironment({ followUpQueueUrl: url }: Surroundings): Record<string, string> {
  return url === '' ? {} : { FOLLOW_UP_QUEUE_URL: url, AWS_ENDPOINT_URL_SQS: new URL(url).origin };
}

/** Starts the monitor function as it is deployed. */
export function startMonitor(
  surroundings: Surroundings,
  environment: Readonly<Record<string, string>>,
  onLog: (line: LogLine) => void,
): Promise<LocalFunction> {
  return startFunction({
    functionName: 'monitor',
    entry: new URL('../functions/monitor/handler.ts', import.meta.url),
    sockets: surroundings.sockets,
    environment,
    timeout: MONITOR_TIMEOUT,
    onLine: readTo(onLog),
  });
}

function environmentOf(surroundings: Surroundings): Record<string, string> {
  return {
    ...AWS_ENVIRONMENT,
    AWS_ENDPOINT_URL_DYNAMODB: surroundings.dynamoDbUrl,
    JOBS_TABLE: 'Jobs',
    CHECKPOINT_TABLE: 'Checkpoint',
    SUBSCRIPTIONS_TABLE: 'Subscriptions',
    AWS_ENDPOINT_URL_SNS: surroundings.snsUrl,
    ALERT_TOPIC_ARN: surroundings.topicArn,
    OPERATOR_TOPIC_ARN: surroundings.operatorTopicArn,
    DECLARED_SUBSCRIPTIONS: JSON.stringify(surroundings.declaredSubscriptions),
  };
}

function readTo(onLog: (line: LogLine) => void): (text: string) => void {
  return (text) => {
    const line = readLogLine(text);
    if (line) onLog(line);
  };
}

/**
 * Reads a line that a function wrote. A line that is no log entry (a stack trace, a warning of the
 * runtime) is taken for a warning; metrics are not for people, and undefined.
 */
function readLogLine(line: string): LogLine | undefined {
  const parsed = line.startsWith('{') ? parseJson(line) : undefined;
  if (!parsed) return line.trim() === '' ? undefined : { level: 'WARN', message: line, facts: {} };
  const entry = fieldsOf(parsed);
  if ('_aws' in entry) return undefined;
  const facts = Object.fromEntries(Object.entries(entry).filter(([name]) => !OWN_FIELDS.has(name)));
  return { level: String(entry.level), message: String(entry.message), facts };
}
