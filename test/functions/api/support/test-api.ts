import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { createIModelStore } from '../../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { createStatisticsStore } from '../../../../functions/adapters/dynamodb/statistics.ts';
import {
  createCheckpointStore,
  createSubscriptionStore,
} from '../../../../functions/adapters/dynamodb/tables.ts';
import { createAlertTopic } from '../../../../functions/adapters/sns/alert-topic.ts';
import { createSubscribers } from '../../../../functions/adapters/sns/subscribers.ts';
import { type ApiSettings, createApi } from '../../../../functions/api/create-api.ts';
import type { ApiPorts } from '../../../../functions/api/http/route.ts';
import type { Receiver } from '../../../../functions/core/alerts/listeners.ts';
import {
  type ConfirmationMail,
  type EmbeddedSns,
  startEmbeddedSns,
} from '../../../../local/sns/embedded-sns.ts';
import { snsClient } from '../../../local/sns/sns-client.ts';
import { apiEvent, type TestRequest } from './api-event.ts';
import { mustBeDocumented } from './contract.ts';
import { startTables } from './tables.ts';

/** Where upstream is to the APIs of tests. */
export const ITWIN_API_URL = new URL('https://api.bentley.com');

/** An HTTP answer, its body parsed; an empty object when there is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A line of the log. */
export interface LogEntry {
  readonly message: string;
  readonly facts: object | undefined;
}

/** The API on tables of its own, with what it did in the open. */
export interface TestApi {
  readonly ports: ApiPorts;
  readonly sns: EmbeddedSns;
  /** The mails that ask for confirmation since the last `forget`. */
  readonly mails: readonly ConfirmationMail[];
  /** What `time.now()` gives: ms since the epoch, for a test to set. */
  readonly clock: { now: number };
  /** What was asked of DynamoDB since the last `forget`, by the name of the command. */
  readonly commands: readonly string[];
  /** What was counted since then. */
  readonly counted: readonly string[];
  /** What was logged since then. */
  readonly logged: readonly LogEntry[];
  /**
   * Sends a request through the whole handler. Ports given here stand in for the API's own.
   * Rejects when the answer is not as the OpenAPI document has it.
   */
  request(
    method: string,
    path: string,
    request?: TestRequest & { readonly ports?: Partial<ApiPorts> },
  ): Promise<Answer>;
  /** Publishes a message with these attributes, as the monitor publishes alerts. */
  publish(attributes: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes a job, as DynamoDB does when it has expired. */
  expire(jobId: string): Promise<void>;
  forget(): void;
  close(): Promise<void>;
}

/**
 * Starts the API at 2026-02-10T12:00:00Z; unless told otherwise it is open to everybody.
 *
 * @param declared whom the deployment has subscribed
 */
export async function startTestApi(
  {
    admittedCallers,
    remindAfterMinutes = 0,
    apiUrl = ITWIN_API_URL,
    iModels = [],
    page,
  }: Partial<ApiSettings> = {},
  declared: readonly Receiver[] = [],
): Promise<TestApi> {
  const tables = await startTables();
  const client = new DynamoDBClient({
    endpoint: tables.url,
    region: 'local',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const records = {
    commands: [] as string[],
    counted: [] as string[],
    logged: [] as LogEntry[],
    mails: [] as ConfirmationMail[],
  };
  const sns = await startEmbeddedSns({
    topicName: 'Alerts',
    subscriptions: declared,
    onConfirmationMail: (mail) => records.mails.push(mail),
  });
  const topic = snsClient(sns.url);
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      return (args) => {
        records.commands.push(commandName);
        return next(args);
      };
    },
    { step: 'initialize' },
  );
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const clock = { now: Date.UTC(2026, 1, 10, 12) };
  const note = (message: string, facts?: object) => {
    records.logged.push({ message, facts });
  };
  const ports: ApiPorts = {
    jobs: createListableJobStore(documents, 'Jobs'),
    iModels: createIModelStore(documents, 'Jobs'),
    checkpoints: createCheckpointStore(documents, 'Checkpoint'),
    statistics: createStatisticsStore(documents, {
      jobsTable: 'Jobs',
      checkpointTable: 'Checkpoint',
    }),
    subscriptions: createSubscriptionStore(documents, 'Subscriptions'),
    subscribers: createSubscribers(topic, sns.topicArn, declared),
    time: { now: () => clock.now, timeout: (ms) => AbortSignal.timeout(ms) },
    wait: (ms) => setTimeout(ms),
    log: { info: note, warn: note, error: note },
    newId: randomUUID,
    countRegistration: () => records.counted.push('JobsRegistered'),
  };
  return {
    ports,
    sns,
    clock,
    ...records,
    async request(method, path, { ports: others, ...request } = {}) {
      const settings = {
        admittedCallers,
        remindAfterMinutes,
        apiUrl,
        iModels,
        ...(page && { page }),
      };
      const api = createApi({ ...ports, ...others }, settings);
      const result = await api(apiEvent(method, path, request), {} as Context);
      const { statusCode: status = 0, headers = {}, body = '' } = result;
      mustBeDocumented(method, path, { status, headers, body });
      return { status, headers, body: body === '' ? {} : JSON.parse(body) };
    },
    publish: (attributes) =>
      createAlertTopic(topic, sns.topicArn).publish({
        subject: 'An alert',
        email: 'An alert',
        sms: 'An alert',
        default: '{}',
        attributes,
      }),
    async expire(jobId) {
      await documents.send(new DeleteCommand({ TableName: 'Jobs', Key: { jobId } }));
    },
    forget() {
      for (const record of Object.values(records)) record.length = 0;
    },
    async close() {
      client.destroy();
      topic.destroy();
      await Promise.all([tables.close(), sns.close()]);
    },
  };
}
