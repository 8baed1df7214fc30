import { ListSubscriptionsCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedSns, startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import { InvalidSubscription } from '../../../local/sns/subscription-actions.ts';
import { snsClient } from './sns-client.ts';

let sns: EmbeddedSns;
let client: ReturnType<typeof snsClient>;

beforeAll(async () => {
  sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions: [] });
  client = snsClient(sns.url);
});
afterAll(async () => {
  client.destroy();
  await sns.close();
});

function subscribe(Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) {
  return client.send(
    new SubscribeCommand({ TopicArn: sns.topicArn, Protocol, Endpoint, Attributes }),
  );
}

async function endpoints() {
  const { Subscriptions = [] } = await client.send(new ListSubscriptionsCommand({}));
  return Subscriptions.map(({ Endpoint }) => Endpoint);
}

const MAIL = 'ops@example.com';
const POLICY_OF_151_VALUES = JSON.stringify({ state: Array.from({ length: 151 }, String) });

describe('a subscription that SNS would refuse is refused', () => {
  it.each([
    ['an unknown protocol', 'fax', '+491701234567', {}],
    ['a mailbox that is no address', 'email', 'ops', {}],
    ['a phone number that is not E.164', 'sms', '0170 1234567', {}],
    ['the phone number "banana"', 'sms', 'banana', {}],
    ['a plain http address for https', 'https', 'http://example.com/hook', {}],
    ['a queue by its name', 'sqs', 'alerts', {}],
    ['a filter policy that is not JSON', 'email', '1@example.com', { FilterPolicy: '{"state":' }],
    ['a filter policy that is no object', 'email', '2@example.com', { FilterPolicy: '["Failed"]' }],
    ['one without arrays', 'email', '3@example.com', { FilterPolicy: '{"state":"Failed"}' }],
    ['one with an empty array', 'email', '4@example.com', { FilterPolicy: '{"state":[]}' }],
    ['one that nests', 'email', '5@example.com', { FilterPolicy: '{"run":{"state":["Failed"]}}' }],
    ['one of 151 values', 'email', '6@example.com', { FilterPolicy: POLICY_OF_151_VALUES }],
    [
      'one of an unknown scope',
      'email',
      '7@example.com',
      { FilterPolicy: '{}', FilterPolicyScope: 'Subject' },
    ],
  ])('%s', async (_, protocol, endpoint, attributes) => {
    const before = await endpoints();
    await expect(subscribe(protocol, endpoint, attributes)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(await endpoints()).toEqual(before);
  });
});

describe('a subscription that SNS would take is taken', () => {
  it.each([
    ['a mailbox', 'email', 'team@example.com', {}],
    ['a phone', 'sms', '+491701234567', {}],
    ['a web hook', 'https', 'https://example.com/hook', {}],
    [
      'a nested filter policy on the body',
      'email',
      'body@example.com',
      { FilterPolicy: '{"run":{"state":["Failed"]}}', FilterPolicyScope: 'MessageBody' },
    ],
  ])('%s', async (_, protocol, endpoint, attributes) => {
    await subscribe(protocol, endpoint, attributes);
    expect(await endpoints()).toContain(endpoint);
  });
});

describe('the stack’s own subscriptions are held to the same limits at the start', () => {
  it.each([
    ['a phone number that is not E.164', [{ protocol: 'sms', endpoint: 'banana' }]],
    [
      'a filter policy without arrays',
      [{ protocol: 'email', endpoint: MAIL, filterPolicy: { state: 'Failed' } }],
    ],
    [
      'one address with two filter policies',
      [
        { protocol: 'email', endpoint: MAIL, filterPolicy: { state: ['Failed'] } },
        { protocol: 'email', endpoint: MAIL, filterPolicy: { state: ['TimedOut'] } },
      ],
    ],
  ])('%s', async (_, subscriptions) => {
    const started = startEmbeddedSns({ topicName: 'alerts', subscriptions });
    await expect(started).rejects.toThrow(InvalidSubscription);
  });

  it('and the error names the subscription and the reason', async () => {
    const subscriptions = [{ protocol: 'sms', endpoint: 'banana' }];
    await expect(startEmbeddedSns({ topicName: 'alerts', subscriptions })).rejects.toThrow(
      /sms:banana.*Endpoint is not valid for protocol 'sms'/,
    );
  });
});

it('a topic name that SNS would refuse is refused at the start', async () => {
  const started = startEmbeddedSns({ topicName: 'job alerts', subscriptions: [] });
  await expect(started).rejects.toMatchObject({ name: 'EngineRefusal' });
});
