import { SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAlertTopic } from '../../../../functions/adapters/sns/alert-topic.ts';
import type { AlertMessage } from '../../../../functions/core/alerts/message.ts';
import { AlertRefused } from '../../../../functions/core/errors.ts';
import type { AlertTopic } from '../../../../functions/core/ports.ts';

const MESSAGE: AlertMessage = {
  subject: 'Failed: Tower A',
  email: 'The extraction run Tower A ended: Failed.\n\nWhy: „Disk full“ 🙂\n',
  sms: 'Failed: Tower A - Disk full',
  default: '{"version":1}',
  attributes: { state: 'Failed', containsIssues: 'false', label: 'Tower A' },
};

describe('a topic', () => {
  let server: FauxqsServer;
  let sns: SNSClient;
  let topic: AlertTopic;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    sns = new SNSClient({
      endpoint: server.address,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { topicArn } = server.createTopic('alerts');
    topic = createAlertTopic(sns, topicArn);
    server.createQueue('all');
    server.createQueue('failed');
    server.subscribe({ topic: 'alerts', queue: 'all' });
    server.subscribe({
      topic: 'alerts',
      queue: 'failed',
      attributes: { FilterPolicy: JSON.stringify({ state: ['Failed'] }) },
    });
  });
  beforeEach(() => server.reset());
  afterAll(async () => {
    sns.destroy();
    await server.stop();
  });

  /** What SNS has delivered to a queue. */
  function received(queue: string) {
    const { ready = [] } = server.inspectQueue(queue)?.messages ?? {};
    return ready.map(({ body }) => JSON.parse(body));
  }

  it('gets one message in the words of each kind of receiver', async () => {
    await topic.publish(MESSAGE);
    const [delivered, ...others] = received('all');
    expect(others).toEqual([]);
    expect(delivered).toMatchObject({ Subject: MESSAGE.subject });
    expect(JSON.parse(delivered.Message)).toEqual({
      default: MESSAGE.default,
      email: MESSAGE.email,
      sms: MESSAGE.sms,
    });
  });

  it('gets the attributes that filter policies look at', async () => {
    await topic.publish(MESSAGE);
    await topic.publish({ ...MESSAGE, attributes: { state: 'Succeeded' } });
    expect(received('failed')).toHaveLength(1);
  });

  it('gets no empty attribute, which SNS would refuse', async () => {
    await topic.publish({ ...MESSAGE, attributes: { state: 'Failed', label: '' } });
    const [delivered] = received('all');
    expect(delivered.MessageAttributes).toEqual({ state: { Type: 'String', Value: 'Failed' } });
  });

  it('refuses a message that is too long for SNS, for good', async () => {
    const tooLong = { ...MESSAGE, email: 'x'.repeat(256 * 1024) };
    const published = topic.publish(tooLong);
    await expect(published).rejects.toThrow(AlertRefused);
    await expect(published).rejects.toThrow(/^SNS refuses the alert \(.+\): publish it bare\.$/);
  });

  it('that does not exist is no fault of the message', async () => {
    const nowhere = createAlertTopic(sns, 'arn:aws:sns:us-east-1:000000000000:nowhere');
    await expect(nowhere.publish(MESSAGE)).rejects.toThrow(
      expect.objectContaining({ name: 'NotFoundException' }),
    );
  });

  it('gets nothing after the signal has aborted', async () => {
    await expect(topic.publish(MESSAGE, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(received('all')).toEqual([]);
  });
});

describe('SNS', () => {
  const client = new SNSClient({ region: 'eu-central-1' });
  const sns = mockClient(client);
  const { publish } = createAlertTopic(client, 'arn:aws:sns:eu-central-1:123456789012:alerts');
  const error = (name: string) =>
    new SNSServiceException({ name, message: 'no', $fault: 'client', $metadata: {} });
  beforeEach(() => sns.reset());

  it('is told that there is a text for each kind of receiver', async () => {
    await publish(MESSAGE);
    expect(sns.call(0).args[0].input).toMatchObject({ MessageStructure: 'json' });
  });

  it.each([
    'InvalidParameterException',
    'InvalidParameterValueException',
    'InvalidParameterValue',
    'ValidationException',
    'ValidationError',
  ])('refuses a message by its fault: %s', async (name) => {
    sns.rejects(error(name));
    await expect(publish(MESSAGE)).rejects.toThrow(AlertRefused);
    await expect(publish(MESSAGE)).rejects.toMatchObject({ cause: { name } });
  });

  it.each([
    'AuthorizationErrorException',
    'EndpointDisabledException',
    'InternalErrorException',
    'InvalidSecurityException',
    'KMSAccessDeniedException',
    'NotFoundException',
    'ThrottledException',
    'TimeoutError',
  ])('fails for reasons that are not the message: %s', async (name) => {
    sns.rejects(error(name));
    await expect(publish(MESSAGE)).rejects.toMatchObject({ name });
  });
});
