import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { createIModelStore } from '../adapters/dynamodb/imodels.ts';
import { createListableJobStore } from '../adapters/dynamodb/jobs-by-month.ts';
import { createStatisticsStore } from '../adapters/dynamodb/statistics.ts';
import { createCheckpointStore, createSubscriptionStore } from '../adapters/dynamodb/tables.ts';
import { stackDimension } from '../adapters/lambda/environment.ts';
import {
  createDynamoDBClient,
  createLog,
  createSNSClient,
  systemTime,
} from '../adapters/lambda/runtime.ts';
import { createSubscribers } from '../adapters/sns/subscribers.ts';
import { createApi } from './create-api.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const logger = new Logger({ serviceName: 'api' });
/** With `singleMetric` each goes out at once: there is nothing to flush. */
const metrics = new Metrics({
  namespace: 'ExtractionMonitor',
  serviceName: 'api',
  defaultDimensions: stackDimension(process.env),
  singleMetric: true,
});
const tables = createDynamoDBClient();

/** The API function: answers the requests of an API Gateway HTTP API (payload format 2.0). */
export const handler = createApi(
  {
    jobs: createListableJobStore(tables, settings.jobsTable),
    iModels: createIModelStore(tables, settings.jobsTable),
    checkpoints: createCheckpointStore(tables, settings.checkpointTable),
    statistics: createStatisticsStore(tables, settings),
    subscriptions: createSubscriptionStore(tables, settings.subscriptionsTable),
    subscribers: createSubscribers(createSNSClient(), settings.alertTopicArn, settings.declared),
    time: systemTime,
    wait: (ms) => setTimeout(ms),
    newId: randomUUID,
    log: createLog(logger),
    countRegistration: () => {
      metrics.addMetric('JobsRegistered', MetricUnit.Count, 1);
    },
  },
  {
    ...settings,
    page: {
      folder: settings.pageFolder ?? new URL('./page/', import.meta.url),
      ...(settings.signIn && { signIn: settings.signIn }),
    },
  },
).use(injectLambdaContext(logger));
