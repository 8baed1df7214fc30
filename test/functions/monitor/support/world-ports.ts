import { inspect } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createIModelStore } from '../../../../functions/adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../../../../functions/adapters/dynamodb/jobs-by-month.ts';
import { createStatisticsStore } from '../../../../functions/adapters/dynamodb/statistics.ts';
import {
  createCheckpointStore,
  createLengthStore,
  createSubscriptionStore,
} from '../../../../functions/adapters/dynamodb/tables.ts';
import { createClientCredentialsTokens } from '../../../../functions/adapters/itwin/access-tokens.ts';
import {
  createRunLists,
  createStatusEndpoint,
} from '../../../../functions/adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../../../../functions/adapters/itwin/logs-endpoint.ts';
import { createNamesEndpoint } from '../../../../functions/adapters/itwin/names-endpoint.ts';
import type { Credentials } from '../../../../functions/adapters/secrets/credentials.ts';
import { createAlertTopic } from '../../../../functions/adapters/sns/alert-topic.ts';
import {
  createSubscribers,
  listSubscribers,
} from '../../../../functions/adapters/sns/subscribers.ts';
import type {
  CheckpointStore,
  IModelStore,
  LengthStore,
  ListableJobStore,
  StatisticsStore,
  Subscribers,
  SubscriptionStore,
  TimeSource,
} from '../../../../functions/core/ports.ts';
import type { SweepPorts } from '../../../../functions/monitor/context.ts';
import { type Engines, TABLES } from './engines.ts';

/** What the ports of a world are made of. */
export interface PortParts {
  readonly engines: Engines;
  readonly stores: Stores;
  readonly topic: SNSClient;
  readonly time: TimeSource;
  /** How long upstream may take to answer (ms). */
  readonly answerTime: number;
  /** The credentials as they are kept at the moment. */
  readonly credentials: Credentials;
  /** Gets each line of the log, as text. */
  readonly logged: string[];
}

/** What is kept in tables. Jobs can be listed too, and iModels be watched. */
export interface Stores {
  readonly jobs: ListableJobStore;
  readonly checkpoints: CheckpointStore;
  readonly statistics: StatisticsStore;
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly iModels: IModelStore;
  readonly lengths: LengthStore;
}

/** The tables by way of a client. */
export function storesOf(client: DynamoDBClient): Stores {
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    jobs: createListableJobStore(documents, TABLES.jobs),
    iModels: createIModelStore(documents, TABLES.jobs),
    lengths: createLengthStore(documents, TABLES.jobs),
    checkpoints: createCheckpointStore(documents, TABLES.checkpoint),
    statistics: createStatisticsStore(documents, {
      jobsTable: TABLES.jobs,
      checkpointTable: TABLES.checkpoint,
    }),
    subscriptions: createSubscriptionStore(documents, TABLES.subscriptions),
  };
}

/** The ports of a world. */
export type WorldPorts = SweepPorts & Stores & { readonly subscribers: Subscribers };

/** The real adapters on the engines, and the tables, as new as after a cold start. */
export function createPorts(parts: PortParts): WorldPorts {
  const { engines, time, credentials, logged } = parts;
  const { simulator, sns } = engines;
  const { now } = time;
  const timeoutMs = parts.answerTime;
  const note = (...entry: unknown[]) => logged.push(inspect(entry, { depth: 5 }));
  return {
    ...parts.stores,
    runLists: createRunLists({ apiUrl: simulator.url, now, timeoutMs }),
    status: createStatusEndpoint({ apiUrl: simulator.url, now, timeoutMs }),
    runLogs: createLogsEndpoint({ apiUrl: simulator.url, now, timeoutMs }),
    names: createNamesEndpoint({ apiUrl: simulator.url, now, timeoutMs }),
    tokens: createClientCredentialsTokens({
      tokenUrl: simulator.tokenUrl,
      credentials: {
        read: async () => ({ ...credentials }),
        version: async () => credentials.version,
      },
      now,
      timeoutMs,
    }),
    topic: createAlertTopic(parts.topic, sns.topicArn),
    operators: {
      ...createAlertTopic(parts.topic, sns.operatorTopicArn),
      list: (signal) => listSubscribers(parts.topic, sns.operatorTopicArn, signal),
    },
    subscribers: createSubscribers(parts.topic, sns.topicArn, []),
    time,
    log: { info: note, warn: note, error: note },
  };
}
