import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertTopic } from '../../../../../functions/adapters/sns/alert-topic.ts';
import { alertMessage, bareAlertMessage } from '../../../../../functions/core/alerts/message.ts';
import type { AlertTopic } from '../../../../../functions/core/ports.ts';
import { type EmbeddedSns, startEmbeddedSns } from '../../../../../local/sns/embedded-sns.ts';
import { snsClient } from '../../../../local/sns/sns-client.ts';
import { ALL_SAMPLES } from './support/all-samples.ts';

let sns: EmbeddedSns;
let client: ReturnType<typeof snsClient>;
let topic: AlertTopic;

beforeAll(async () => {
  sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions: [] });
  client = snsClient(sns.url);
  topic = createAlertTopic(client, sns.topicArn);
});
afterAll(async () => {
  client.destroy();
  await sns.close();
});

describe('a topic with the limits of SNS takes an alert, full or bare, and delivers it as it is:', () => {
  it.each(Object.entries(ALL_SAMPLES))('%s', async (_, alert) => {
    for (const message of [alertMessage(alert), bareAlertMessage(alert)]) {
      await topic.publish(message);
      const [delivered] = await sns.alerts();
      expect(delivered).toMatchObject(message);
    }
  });
});
