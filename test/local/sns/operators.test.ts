import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createAlertTopic } from '../../../functions/adapters/sns/alert-topic.ts';
import { noticeMessage } from '../../../functions/core/alerts/notice.ts';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import type { AcceptedAlert } from '../../../local/sns/records.ts';
import { snsClient } from './sns-client.ts';

const SINCE = Date.UTC(2026, 10, 23);
const NOTICE = noticeMessage({
  id: `SweepErrors/${SINCE}/began`,
  name: 'SweepErrors',
  phase: 'Began',
  cause: 'SweepErrors',
  since: SINCE,
  seenAt: SINCE + 60_000,
  pending: 3,
});

it('a notice is for the operators alone: on the terminal, and owed by mail to whom is named', async () => {
  const shown: AcceptedAlert[] = [];
  const sns = await startEmbeddedSns({
    topicName: 'Alerts',
    subscriptions: [{ protocol: 'email', endpoint: 'team@example.com' }],
    operators: ['ops@example.com'],
    isReached: () => true,
    onAlert: (alert) => void shown.push(alert),
  });
  onTestFinished(sns.close);
  const client = snsClient(sns.url);
  onTestFinished(() => client.destroy());

  await createAlertTopic(client, sns.operatorTopicArn).publish(NOTICE);
  const [notice, ...others] = await sns.notices();
  expect(others).toEqual([]);
  expect(notice).toMatchObject({
    subject: 'Extraction Monitor: Sweeps meet errors',
    deliveredTo: ['email:ops@example.com'],
    mailTo: ['ops@example.com'],
  });
  await vi.waitFor(() => expect(shown).toEqual([notice]));
  await expect(sns.alerts()).resolves.toEqual([]);
  const { Subscriptions } = await client.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: sns.operatorTopicArn }),
  );
  expect(Subscriptions).toHaveLength(2);
});
