import {
  FilterPolicyLimitExceededException,
  GetSubscriptionAttributesCommand,
  InvalidParameterException,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSubscribers } from '../../../../functions/adapters/sns/subscribers.ts';
import { SubscriptionRefused, TooManySubscribers } from '../../../../functions/core/errors.ts';
import type { Subscribers } from '../../../../functions/core/ports.ts';
import {
  type ConfirmationMail,
  type EmbeddedSns,
  startEmbeddedSns,
} from '../../../../local/sns/embedded-sns.ts';
import { snsClient } from '../../../local/sns/sns-client.ts';

const TEAM = { protocol: 'email', endpoint: 'team@example.com' };
const ON_CALL = { protocol: 'sms', endpoint: '+37060000000' };
const FAILED = { state: ['Failed'] };
const TIMED_OUT = { state: ['TimedOut'] };

describe('a topic', () => {
  let sns: EmbeddedSns;
  let client: SNSClient;
  let subscribers: Subscribers;
  let mails: ConfirmationMail[];
  beforeEach(async () => {
    mails = [];
    sns = await startEmbeddedSns({
      topicName: 'Alerts',
      subscriptions: [],
      onConfirmationMail: (mail) => mails.push(mail),
    });
    client = snsClient(sns.url);
    subscribers = createSubscribers(client, sns.topicArn, []);
  });
  afterEach(async () => {
    client.destroy();
    await sns.close();
  });

  const people = async () =>
    (await subscribers.list()).filter(({ protocol }) => protocol !== 'sqs');

  async function policyOf(endpoint: string): Promise<unknown> {
    const found = (await subscribers.list()).find((each) => each.endpoint === endpoint);
    const { Attributes } = await client.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn: found?.arn }),
    );
    return JSON.parse(Attributes?.FilterPolicy ?? 'null');
  }

  it('lists who is subscribed, and keeps the ARN of who has not confirmed to itself', async () => {
    await subscribers.subscribe(TEAM, {});
    await subscribers.subscribe(ON_CALL, FAILED);
    expect(await people()).toHaveLength(2);
    expect(await people()).toEqual(
      expect.arrayContaining([TEAM, { ...ON_CALL, arn: expect.stringContaining(sns.topicArn) }]),
    );
    await fetch(mails[0]?.link ?? '');
    expect(await people()).toContainEqual({ ...TEAM, arn: expect.any(String) });
  });

  it('filters from the start', async () => {
    await subscribers.subscribe(ON_CALL, FAILED);
    expect(await policyOf(ON_CALL.endpoint)).toEqual(FAILED);
  });

  it('takes another filter, and none', async () => {
    await subscribers.subscribe(ON_CALL, FAILED);
    const [{ arn = '' } = {}] = await people();
    expect(await subscribers.change(arn, TIMED_OUT)).toBe(true);
    expect(await policyOf(ON_CALL.endpoint)).toEqual(TIMED_OUT);
    expect(await subscribers.change(arn, {})).toBe(true);
    expect(await policyOf(ON_CALL.endpoint)).toEqual({});
    expect(await people()).toHaveLength(1);
  });

  it('sends who is pending the mail once more, and gives them another filter', async () => {
    const arn = await subscribers.subscribe(TEAM, FAILED);
    expect(await subscribers.subscribe(TEAM, TIMED_OUT)).toBe(arn);
    expect(mails.map(({ to }) => to)).toEqual([TEAM.endpoint, TEAM.endpoint]);
    await fetch(mails[1]?.link ?? '');
    expect(await policyOf(TEAM.endpoint)).toEqual(TIMED_OUT);
  });

  it('gives who is pending another filter without a mail', async () => {
    const arn = await subscribers.subscribe(TEAM, FAILED);
    expect(await subscribers.change(arn, TIMED_OUT)).toBe(true);
    expect(mails).toHaveLength(1);
    await fetch(mails[0]?.link ?? '');
    expect(await policyOf(TEAM.endpoint)).toEqual(TIMED_OUT);
  });

  it('gives the filter to who is there already though the list does not tell', async () => {
    await subscribers.subscribe(ON_CALL, FAILED);
    await subscribers.subscribe(ON_CALL, TIMED_OUT);
    expect(await policyOf(ON_CALL.endpoint)).toEqual(TIMED_OUT);
  });

  it('says of who has vanished that there is no filter to change', async () => {
    const arn = await subscribers.subscribe(ON_CALL, {});
    await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
    expect(await subscribers.change(arn, FAILED)).toBe(false);
  });

  it('unsubscribes, however often it is asked to', async () => {
    const arn = await subscribers.subscribe(ON_CALL, {});
    expect(await subscribers.unsubscribe(arn)).toBe(true);
    expect(await subscribers.unsubscribe(arn)).toBe(true);
    expect(await people()).toEqual([]);
  });

  it('cannot take back what is pending', async () => {
    const arn = await subscribers.subscribe(TEAM, {});
    expect(await subscribers.unsubscribe(arn)).toBe(false);
    expect(await people()).toEqual([TEAM]);
  });

  it.each([
    ['an address', { protocol: 'email', endpoint: 'team' }],
    ['a number', { protocol: 'sms', endpoint: '0600' }],
  ])('says when it does not take %s', async (_, receiver) => {
    await expect(subscribers.subscribe(receiver, {})).rejects.toThrow(SubscriptionRefused);
    await expect(subscribers.subscribe(receiver, {})).rejects.toThrow(/^SNS refuses .*Endpoint/);
  });

  it('lists more than a page', async () => {
    const numbers = Array.from({ length: 120 }, (_, i) => `+3706000${1_000 + i}`);
    for (const endpoint of numbers) await subscribers.subscribe({ ...ON_CALL, endpoint }, {});
    const listed = (await people()).map(({ endpoint }) => endpoint);
    expect(listed.sort()).toEqual(numbers);
  }, 20_000);
});

describe('what only AWS does', () => {
  const client = new SNSClient({ region: 'us-east-1' });
  const aws = mockClient(client);
  const subscribers = createSubscribers(client, 'arn:aws:sns:us-east-1:1:Alerts', []);
  beforeEach(() => aws.reset());

  it('who was unsubscribed is no subscriber, though SNS lists them for days', async () => {
    aws.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: [
        { Protocol: 'email', Endpoint: 'gone@example.com', SubscriptionArn: 'Deleted' },
      ],
    });
    expect(await subscribers.list()).toEqual([]);
  });

  it('a topic with thousands of subscribers is not read to its end', async () => {
    aws.on(ListSubscriptionsByTopicCommand).callsFake(({ NextToken = '0' }) => ({
      Subscriptions: [],
      NextToken: String(Number(NextToken) + 1),
    }));
    await expect(subscribers.list()).rejects.toThrow(TooManySubscribers);
    expect(aws.calls()).toHaveLength(21);
  });

  it('a new one without a filter is subscribed with one request', async () => {
    aws.on(SubscribeCommand).resolves({ SubscriptionArn: 'arn' });
    await subscribers.subscribe(TEAM, {});
    expect(aws.calls()).toHaveLength(1);
  });

  it('SNS may have as many filter policies as it takes', async () => {
    const options = { message: 'no more', $metadata: {} };
    aws.on(SubscribeCommand).rejects(new FilterPolicyLimitExceededException(options));
    await expect(subscribers.subscribe(TEAM, FAILED)).rejects.toThrow(SubscriptionRefused);
  });

  it('SNS may be down: that is no refusal', async () => {
    aws.on(SetSubscriptionAttributesCommand).rejects(new Error('down'));
    await expect(subscribers.change('arn', {})).rejects.toThrow(/^down$/);
  });

  it('who is gone when they are to be unsubscribed is unsubscribed', async () => {
    const options = { message: 'gone', $metadata: {} };
    aws.on(UnsubscribeCommand).rejects(new NotFoundException(options));
    await expect(subscribers.unsubscribe('arn')).resolves.toBe(true);
    aws.on(UnsubscribeCommand).rejects(new InvalidParameterException(options));
    await expect(subscribers.unsubscribe('arn')).rejects.toThrow('gone');
  });
});
