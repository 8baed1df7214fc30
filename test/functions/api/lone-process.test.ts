import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { subscriptionIdOf } from '../../../functions/api/use-cases/subscriptions.ts';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import { apiEvent } from './support/api-event.ts';
import { startTables } from './support/tables.ts';

const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };

const ON_RECORD = {
  ...{ ...ON_CALL, subscriptionId: subscriptionIdOf(ON_CALL), filter: {}, version: 1 },
  ...{ subscribedAt: 0, subscribedBy: 'another', updatedAt: 0, updatedBy: 'another' },
};

/** Asks for a subscription that is held for a second more; prints the status, if the process lives to have one. */
const PROGRAM = `
  const { handler } = await import('./functions/api/handler.ts');
  const { createSubscriptionStore } = await import('./functions/adapters/dynamodb/tables.ts');
  const { createDynamoDBClient } = await import('./functions/adapters/lambda/runtime.ts');
  const held = { by: 'another', until: Date.now() + 1_000 };
  const subscription = { ...${JSON.stringify(ON_RECORD)}, held };
  await createSubscriptionStore(createDynamoDBClient(), 'Subscriptions').put(subscription);
  const event = ${JSON.stringify(apiEvent('POST', '/subscriptions', { body: ON_CALL }))};
  handler(event, {}).then(({ statusCode }) => console.error(statusCode));
`;

it('waits for another request in a process that nothing else keeps up, as in Lambda', async () => {
  const [tables, sns] = await Promise.all([
    startTables(),
    startEmbeddedSns({ topicName: 'Alerts', subscriptions: [] }),
  ]);
  const env = {
    JOBS_TABLE: 'Jobs',
    CHECKPOINT_TABLE: 'Checkpoint',
    SUBSCRIPTIONS_TABLE: 'Subscriptions',
    ALERT_TOPIC_ARN: sns.topicArn,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    AWS_ENDPOINT_URL_SNS: sns.url,
  };
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toBe('200\n');
  await Promise.all([tables.close(), sns.close()]);
});
