import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { createIModelStore } from '../adapters/dynamodb/imodels.ts';
import { createJobStore } from '../adapters/dynamodb/jobs-table.ts';
import { createStatisticsStore } from '../adapters/dynamodb/statistics.ts';
import {
  createCheckpointStore,
  createLengthStore,
  createSubscriptionStore,
} from '../adapters/dynamodb/tables.ts';
import { createRunLists, createStatusEndpoint } from '../adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../adapters/itwin/logs-endpoint.ts';
import { createNamesEndpoint } from '../adapters/itwin/names-endpoint.ts';
import { stackDimension } from '../adapters/lambda/environment.ts';
import {
  createDynamoDBClient,
  createLog,
  createSNSClient,
  createSQSClient,
  systemTime,
} from '../adapters/lambda/runtime.ts';
import { createAlertTopic } from '../adapters/sns/alert-topic.ts';
import { listSubscribers } from '../adapters/sns/subscribers.ts';
import {
  createFollowUpQueue,
  endOfFollowUp,
  type MonitorEvent,
} from '../adapters/sqs/follow-up-queue.ts';
import { declaredIModel } from '../core/imodels/imodel.ts';
import { pick } from '../core/objects.ts';
import type { SweepPorts } from './context.ts';
import { addSweepMetrics } from './metrics.ts';
import { createTokens, readMonitorSettings } from './settings.ts';
import { sweep } from './sweep.ts';

const settings = readMonitorSettings(process.env);
const logger = new Logger({ serviceName: 'monitor' });
const metrics = new Metrics({
  namespace: 'ExtractionMonitor',
  serviceName: 'monitor',
  defaultDimensions: stackDimension(process.env),
});
const tables = createDynamoDBClient();
const sns = createSNSClient();

const api = { apiUrl: settings.apiUrl.href, now: systemTime.now };

const iModels = createIModelStore(tables, settings.jobsTable);

const ports: SweepPorts = {
  jobs: createJobStore(tables, settings.jobsTable),
  lengths: createLengthStore(tables, settings.jobsTable),
  checkpoints: createCheckpointStore(tables, settings.checkpointTable),
  statistics: createStatisticsStore(tables, settings),
  status: createStatusEndpoint(api),
  runLists: createRunLists(api),
  iModels,
  runLogs: createLogsEndpoint(api),
  names: createNamesEndpoint(api),
  tokens: createTokens(settings, randomUUID()),
  topic: createAlertTopic(sns, settings.alertTopicArn),
  operators: {
    ...createAlertTopic(sns, settings.operatorTopicArn),
    list: (signal) => listSubscribers(sns, settings.operatorTopicArn, signal),
  },
  subscriptions: createSubscriptionStore(tables, settings.subscriptionsTable),
  subscribers: {
    declared: settings.declared,
    list: (signal) => listSubscribers(sns, settings.alertTopicArn, signal),
  },
  ...(settings.followUpQueueUrl && {
    followUps: createFollowUpQueue(createSQSClient(), settings.followUpQueueUrl),
  }),
  time: systemTime,
  ...pick(settings, 'timeZone', 'pageUrl'),
  log: createLog(logger),
};

/** Declared iModels that may not be watched yet: other settings come with another process. */
let declared = settings.iModels;

/**
 * Watches what the settings declare, once a process. It is never ended here: the API refuses to end the
 * watch of a declared iModel, and one that is declared no more is an iModel like any other.
 */
async function watchDeclared(): Promise<void> {
  const { time, log } = ports;
  const { remindAfterMinutes } = settings;
  for (const iModelId of declared) {
    try {
      const isWatched = (await iModels.get(iModelId)) !== undefined;
      if (!isWatched) await iModels.add(declaredIModel(iModelId, remindAfterMinutes, time.now()));
    } catch (error) {
      log.error('A declared iModel could not be watched; the next sweep tries again', {
        iModelId,
        error,
      });
      return;
    }
    declared = declared.filter((id) => id !== iModelId);
  }
}

/** The monitor function: one sweep for each event of the schedule, and for each message of a sweep before. */
export const handler = middy<MonitorEvent>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async ({ Records: [message] = [] }) => {
    if (declared.length > 0) await watchDeclared();
    const report = await sweep(ports, settings, message && endOfFollowUp(message.body));
    addSweepMetrics(metrics, report);
    logger.info('A sweep ended', { report });
  });
