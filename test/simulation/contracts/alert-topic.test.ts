import { SNSClient } from '@aws-sdk/client-sns';
import { createAlertTopic } from '../../../functions/adapters/sns/alert-topic.ts';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import type { Caller } from '../caller.ts';
import { alertTopicOf } from '../stand-ins/alert-topic.ts';
import { describeAlertTopic } from './alert-topic-contract.ts';
import { callAtOnce } from './call-at-once.ts';

describeAlertTopic('the stand-in', async () => {
  const ids: string[] = [];
  let isDown = false;
  const call: Caller = async (request) => {
    if (isDown) throw new Error('The service is down.');
    return callAtOnce(request);
  };
  return {
    topic: alertTopicOf(
      call,
      () => false,
      ({ id }) => ids.push(id),
      () => undefined,
    ),
    accepted: async () => ids,
    async breakDown() {
      isDown = true;
    },
    stop: async () => undefined,
  };
});

describeAlertTopic('the adapter on fauxqs', async () => {
  const sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions: [] });
  const client = new SNSClient({
    endpoint: sns.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  let isRunning = true;
  async function close(): Promise<void> {
    if (isRunning) await sns.close();
    isRunning = false;
  }
  return {
    topic: createAlertTopic(client, sns.topicArn),
    async accepted() {
      const alerts = await sns.alerts();
      return alerts.toReversed().map((alert) => JSON.parse(alert.default).id);
    },
    breakDown: close,
    async stop() {
      client.destroy();
      await close();
    },
  };
});
