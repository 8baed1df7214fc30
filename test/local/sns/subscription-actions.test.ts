import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CorruptFile } from '../../../local/json-lines.ts';
import { type ConfirmationMail, startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import type { Subscription } from '../../../local/sns/subscription-actions.ts';
import { snsClient } from './sns-client.ts';

const TEAM = 'team@example.com';
const ON_CALL = '+37060000000';
const FAILED = JSON.stringify({ state: ['Failed'] });

/** Starts an embedded SNS for one test, spoken to as the SDK does. */
async function start(subscriptions: readonly Subscription[] = [], dataDir?: string) {
  const mails: ConfirmationMail[] = [];
  const onConfirmationMail = (mail: ConfirmationMail) => mails.push(mail);
  const options = { topicName: 'alerts', subscriptions, dataDir, onConfirmationMail };
  const sns = await startEmbeddedSns(options);
  const client = snsClient(sns.url);
  onTestFinished(async () => {
    client.destroy();
    await sns.close();
  });
  const TopicArn = sns.topicArn;
  return {
    mails,
    url: sns.url,
    close: sns.close,
    subscribe: async (Protocol: string, Endpoint: string, policy?: string, isArnTold = true) => {
      const command = new SubscribeCommand({
        TopicArn,
        Protocol,
        Endpoint,
        ReturnSubscriptionArn: isArnTold,
        ...(policy && { Attributes: { FilterPolicy: policy } }),
      });
      return (await client.send(command)).SubscriptionArn ?? '';
    },
    setPolicy: (SubscriptionArn: string, AttributeValue: string) => {
      const AttributeName = 'FilterPolicy';
      return client.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
      );
    },
    unsubscribe: (SubscriptionArn: string) =>
      client.send(new UnsubscribeCommand({ SubscriptionArn })),
    attributes: async (SubscriptionArn: string) => {
      const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
      return (await client.send(command)).Attributes;
    },
    /** The people on the list, with their ARNs. */
    people: async () => {
      const command = new ListSubscriptionsByTopicCommand({ TopicArn });
      const { Subscriptions = [] } = await client.send(command);
      const people = Subscriptions.filter(({ Protocol }) => Protocol !== 'sqs');
      return Object.fromEntries(
        people.map(({ Endpoint = '', SubscriptionArn }) => [Endpoint, SubscriptionArn]),
      );
    },
    queues: async () => {
      const command = new ListSubscriptionsByTopicCommand({ TopicArn });
      const { Subscriptions = [] } = await client.send(command);
      return Subscriptions.filter(({ Protocol }) => Protocol === 'sqs').length;
    },
    /** Who gets an alert about a job in this state. */
    publish: async (state: string) => {
      const MessageAttributes = { state: { DataType: 'String', StringValue: state } };
      await client.send(new PublishCommand({ TopicArn, Message: 'text', MessageAttributes }));
      return (await sns.alerts())[0]?.deliveredTo;
    },
  };
}

describe('an address that is subscribed', () => {
  it('is pending, its ARN told only to who asks, until the link in the mail is opened', async () => {
    const { subscribe, people, publish, mails } = await start();
    expect(await subscribe('email', TEAM, undefined, false)).toBe('pending confirmation');
    expect(await people()).toEqual({ [TEAM]: 'PendingConfirmation' });
    expect(await publish('Failed')).toEqual([]);
    const arn = await subscribe('email', TEAM);
    expect(mails.map(({ to }) => to)).toEqual([TEAM, TEAM]);

    await fetch(mails[0]?.link ?? '');
    expect(await people()).toEqual({ [TEAM]: arn });
    expect(await publish('Failed')).toEqual([`email:${TEAM}`]);
  });

  it('is unsubscribed by whoever opens the link for that, be it a scanner of mails', async () => {
    const { subscribe, publish, people, mails, url } = await start();
    const arn = await subscribe('email', TEAM);
    await fetch(mails[0]?.link ?? '');
    await fetch(`${url}/?${new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: arn })}`);
    expect(await people()).toEqual({});
    expect(await publish('Failed')).toEqual([]);
  });

  it('cannot be unsubscribed before it is confirmed', async () => {
    const { subscribe, unsubscribe, people } = await start();
    const arn = await subscribe('email', TEAM);
    await expect(unsubscribe(arn)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('pending confirmation'),
    });
    expect(await people()).toHaveProperty([TEAM]);
  });

  it('keeps the filter that it is given before it is confirmed', async () => {
    const { subscribe, setPolicy, publish, mails } = await start();
    await setPolicy(await subscribe('email', TEAM), FAILED);
    await fetch(mails[0]?.link ?? '');
    expect(await publish('Succeeded')).toEqual([]);
    expect(await publish('Failed')).toEqual([`email:${TEAM}`]);
  });
});

describe('a number that is subscribed', () => {
  it('gets alerts at once', async () => {
    const { subscribe, people, publish, mails } = await start();
    const arn = await subscribe('sms', ON_CALL, FAILED);
    expect(await people()).toEqual({ [ON_CALL]: arn });
    expect(await publish('Failed')).toEqual([`sms:${ON_CALL}`]);
    expect(await publish('Succeeded')).toEqual([]);
    expect(mails).toEqual([]);
  });

  it('gets what another filter lets through once it has one', async () => {
    const { subscribe, setPolicy, publish } = await start();
    const arn = await subscribe('sms', ON_CALL, FAILED);
    await setPolicy(arn, '{}');
    expect(await publish('Succeeded')).toEqual([`sms:${ON_CALL}`]);
  });

  it('subscribed once more without a filter, keeps the one it has', async () => {
    const { subscribe, attributes } = await start();
    const arn = await subscribe('sms', ON_CALL, FAILED);
    expect(await subscribe('sms', ON_CALL)).toBe(arn);
    expect(await attributes(arn)).toMatchObject({ FilterPolicy: FAILED });
  });

  it('is refused another filter by subscribing once more', async () => {
    const { subscribe } = await start();
    await subscribe('sms', ON_CALL, FAILED);
    await expect(subscribe('sms', ON_CALL, '{"state":["TimedOut"]}')).rejects.toMatchObject({
      message: expect.stringContaining('already exists with different attributes'),
    });
  });

  it('gets nothing more once it is unsubscribed', async () => {
    const { subscribe, unsubscribe, publish, people } = await start();
    await unsubscribe(await subscribe('sms', ON_CALL));
    expect(await people()).toEqual({});
    expect(await publish('Failed')).toEqual([]);
  });
});

it.each(['["Failed"]', '{"state":"Failed"}', '{"state":[]}', 'Failed'])(
  'a filter policy that SNS would refuse is refused for a subscription that there is: %s',
  async (policy) => {
    const { subscribe, setPolicy, publish } = await start();
    const arn = await subscribe('sms', ON_CALL);
    await expect(setPolicy(arn, policy)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(await publish('Failed')).toEqual([`sms:${ON_CALL}`]);
  },
);

it('no link does anything but confirm and unsubscribe', async () => {
  const { url, publish, people } = await start();
  const query = 'Action=Subscribe&Protocol=sms&Endpoint=%2B37060000000';
  expect((await fetch(`${url}/?${query}`)).status).toBe(400);
  expect(await people()).toEqual({});
  expect(await publish('Failed')).toEqual([]);
});

it('the queues that stand for mailboxes are on nobody’s list, the one for every message is', async () => {
  const { subscribe, queues } = await start([{ protocol: 'email', endpoint: TEAM }]);
  await subscribe('sms', ON_CALL);
  expect(await queues()).toBe(1);
});

describe('after a restart with the same data directory', () => {
  async function makeDataDir(): Promise<string> {
    const dataDir = await mkdtemp(join(tmpdir(), 'embedded-sns-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    return dataDir;
  }

  it('subscriptions are as they were, and who is pending gets a mail whose link leads there', async () => {
    const dataDir = await makeDataDir();
    const first = await start([], dataDir);
    await first.setPolicy(await first.subscribe('sms', ON_CALL), FAILED);
    await first.subscribe('email', TEAM);
    await first.subscribe('email', 'sure@example.com');
    await fetch(first.mails[1]?.link ?? '');
    await first.close();

    const second = await start([], dataDir);
    expect(second.mails.map(({ to }) => to)).toEqual([TEAM]);
    expect(await second.publish('Failed')).toEqual([`sms:${ON_CALL}`, 'email:sure@example.com']);
    expect(await second.publish('Succeeded')).toEqual(['email:sure@example.com']);
    await fetch(second.mails[0]?.link ?? '');
    expect(await second.publish('Succeeded')).toContain(`email:${TEAM}`);
  });

  it('who was unsubscribed stays so', async () => {
    const dataDir = await makeDataDir();
    const first = await start([], dataDir);
    await first.unsubscribe(await first.subscribe('sms', ON_CALL));
    await first.close();
    expect(await (await start([], dataDir)).people()).toEqual({});
  });

  it('what the stack declares by now is as it declares it, and what it no longer does is gone', async () => {
    const dataDir = await makeDataDir();
    const first = await start([{ protocol: 'email', endpoint: TEAM }], dataDir);
    await first.subscribe('sms', ON_CALL, FAILED);
    await first.close();
    const second = await start([{ protocol: 'sms', endpoint: ON_CALL }], dataDir);
    expect(await second.publish('Succeeded')).toEqual([`sms:${ON_CALL}`]);
  });

  it('a file that something else has changed is told of', async () => {
    const dataDir = await makeDataDir();
    await writeFile(join(dataDir, 'subscriptions.json'), '{"nobody":');
    await expect(start([], dataDir)).rejects.toThrow(CorruptFile);
  });
});
