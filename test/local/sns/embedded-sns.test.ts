import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import type { AcceptedAlert } from '../../../local/sns/records.ts';
import type { Subscription } from '../../../local/sns/subscription-actions.ts';
import { snsClient } from './sns-client.ts';

const OPS = { protocol: 'email', endpoint: 'ops@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+491701234567' };
const TEXTS = { default: '{"version":1}', email: 'The run failed because …', sms: 'Run failed' };

/** Starts an embedded SNS for one test, with a client to publish by. */
async function start(
  subscriptions: readonly Subscription[] = [],
  onAlert?: (alert: AcceptedAlert) => void,
) {
  const sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions, onAlert });
  const client = snsClient(sns.url);
  onTestFinished(async () => {
    client.destroy();
    await sns.close();
  });
  const publish = (input: Partial<PublishCommandInput>) =>
    client.send(new PublishCommand({ TopicArn: sns.topicArn, Message: 'text', ...input }));
  return { sns, publish };
}

/** A publish with these message attributes. */
function about(attributes: Readonly<Record<string, string>>): Partial<PublishCommandInput> {
  return {
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: 'String', StringValue },
      ]),
    ),
  };
}

describe('reading what was published', () => {
  it('shows an alert as mailbox, phone and machine get it, with its attributes', async () => {
    const { sns, publish } = await start([OPS, ON_CALL]);
    const { MessageId } = await publish({
      Subject: 'Run failed',
      Message: JSON.stringify(TEXTS),
      MessageStructure: 'json',
      ...about({ state: 'Failed', label: 'Bridge "7" \\ north' }),
    });
    expect(await sns.alerts()).toEqual([
      {
        messageId: MessageId,
        publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        subject: 'Run failed',
        ...TEXTS,
        attributes: { state: 'Failed', label: 'Bridge "7" \\ north' },
        deliveredTo: ['email:ops@example.com', 'sms:+491701234567'],
      },
    ]);
  });

  it('shows the default text where a protocol has none of its own', async () => {
    const { sns, publish } = await start();
    await publish({
      Message: JSON.stringify({ default: 'ended', sms: 7 }),
      MessageStructure: 'json',
    });
    expect(await sns.alerts()).toMatchObject([{ default: 'ended', email: 'ended', sms: 'ended' }]);
  });

  it('takes an unstructured message as it is, even when it looks like a structured one', async () => {
    const { sns, publish } = await start();
    const Message = JSON.stringify(TEXTS);
    await publish({ Message });
    expect(await sns.alerts()).toMatchObject([
      { subject: null, default: Message, email: Message, sms: Message, attributes: {} },
    ]);
  });

  it('lists the newest alert first, and each once however many are published at a time', async () => {
    const { sns, publish } = await start([OPS]);
    const numbers = Array.from({ length: 50 }, (_, number) => String(number));
    const published = await Promise.all(
      numbers.map(async (Message) => {
        const { MessageId } = await publish({ Message });
        return { messageId: MessageId, default: Message };
      }),
    );
    await publish({ Message: 'last' });

    const [newest, ...others] = await sns.alerts();
    expect(newest?.default).toBe('last');
    expect(others).toHaveLength(published.length);
    for (const alert of published) {
      const deliveredTo = ['email:ops@example.com'];
      expect(others).toContainEqual(expect.objectContaining({ ...alert, deliveredTo }));
    }
  });

  it('tells of each alert before its publisher has an answer', async () => {
    const told: AcceptedAlert[] = [];
    const { sns, publish } = await start([], (alert) => told.push(alert));
    for (const Message of ['first', 'second']) {
      await publish({ Message });
      expect(told.at(-1)?.default).toBe(Message);
    }
    expect(told.toReversed()).toEqual(await sns.alerts());
  });
});

describe('filter policies', () => {
  const filtered = async (
    subscription: Partial<Subscription>,
    attributes: Readonly<Record<string, string>>,
  ) => {
    const { sns, publish } = await start([{ ...OPS, ...subscription }, ON_CALL]);
    await publish(about(attributes));
    const [alert] = await sns.alerts();
    return alert?.deliveredTo.includes('email:ops@example.com');
  };

  it.each([
    [{ state: ['Failed', 'TimedOut'] }, { state: 'TimedOut' }, true],
    [{ state: ['Failed', 'TimedOut'] }, { state: 'Succeeded' }, false],
    [{ state: [{ 'anything-but': ['Succeeded'] }] }, { state: 'Failed' }, true],
    [{ state: [{ 'anything-but': ['Succeeded'] }] }, { state: 'Succeeded' }, false],
    [{ containsIssues: ['true'] }, { containsIssues: 'true' }, true],
    [{ containsIssues: ['true'] }, { containsIssues: 'false' }, false],
    [{ label: [{ prefix: 'bridge-' }] }, { label: 'bridge-7' }, true],
    [{ label: [{ prefix: 'bridge-' }] }, { label: 'tunnel-7' }, false],
    [{ label: [{ prefix: 'bridge-' }] }, { state: 'Failed' }, false],
    [{ state: ['Failed'], label: [{ prefix: 'b' }] }, { state: 'Failed', label: 'x' }, false],
    [
      { $or: [{ state: ['Failed'] }, { containsIssues: ['true'] }] },
      { state: 'Succeeded', containsIssues: 'true' },
      true,
    ],
  ])('%j with %j: delivered %s', async (filterPolicy, attributes, delivered) => {
    expect(await filtered({ filterPolicy }, attributes)).toBe(delivered);
  });

  it('an alert that no filter lets through is listed as delivered to nobody', async () => {
    const { sns, publish } = await start([{ ...OPS, filterPolicy: { state: ['Failed'] } }]);
    await publish(about({ state: 'Succeeded' }));
    expect(await sns.alerts()).toMatchObject([{ deliveredTo: [] }]);
  });
});

describe('the endpoint', () => {
  it('is found by an SDK client through AWS_ENDPOINT_URL_SNS', async () => {
    const { sns } = await start();
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    onTestFinished(() => void vi.unstubAllEnvs());
    const client = new SNSClient({ region: 'us-east-1' });
    onTestFinished(() => client.destroy());

    await client.send(new PublishCommand({ TopicArn: sns.topicArn, Message: 'text' }));
    expect(await sns.alerts()).toHaveLength(1);
  });

  it('gives the topic the ARN of its region', async () => {
    const options = { topicName: 'alerts', subscriptions: [], region: 'eu-central-1' };
    const sns = await startEmbeddedSns(options);
    onTestFinished(sns.close);
    expect(sns.topicArn).toBe('arn:aws:sns:eu-central-1:000000000000:alerts');
  });

  it('is gone once it is closed', async () => {
    const { sns, publish } = await start();
    await publish({});
    await sns.close();
    await expect(fetch(sns.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('answers what is no request of SNS as SNS would, and goes on', async () => {
    const { sns, publish } = await start();
    const response = await fetch(sns.url, { method: 'POST', body: '{"Action":"Publish"' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>MissingAction</Code>');
    await publish({});
    expect(await sns.alerts()).toHaveLength(1);
  });
});
