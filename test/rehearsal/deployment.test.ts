import { describe, expect, it } from 'vitest';
import type { Aws } from '../../rehearsal/aws.ts';
import { deploy, NotRehearsed, TRANSLATIONS } from '../../rehearsal/deployment.ts';
import type { Template } from '../../rehearsal/template.ts';
import { UpdateRefused } from '../../rehearsal/translations/translation.ts';
import { EVERY_SETTING, templateOf } from '../lib/support/stack.ts';

/** An AWS that grants everything, and what it was asked for. */
function agreeableAws() {
  const asked: string[] = [];
  const aws: Aws = {
    region: 'eu-west-1',
    async json(_, operation) {
      asked.push(operation);
      return {};
    },
    async query(_, action, parameters) {
      asked.push(`${action} ${parameters.Name ?? parameters.Endpoint ?? parameters.AttributeName}`);
      return '<TopicArn>TOPIC</TopicArn><SubscriptionArn>SUBSCRIPTION</SubscriptionArn>';
    },
    async rest(_, method, path) {
      asked.push(`${method} ${path}`);
      return {};
    },
  };
  return { aws, asked };
}

const subscription = (endpoint: string, properties: object): Template['Resources'][string] => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { Protocol: 'email', Endpoint: endpoint, TopicArn: { Ref: 'Topic' }, ...properties },
});
const topic = { Type: 'AWS::SNS::Topic' };
const FILTERED = { FilterPolicy: { state: ['Failed'] }, FilterPolicyScope: 'MessageAttributes' };
const EVERYTHING = { ...FILTERED, FilterPolicy: { state: [{ exists: true }] } };

/** Deploys resources, and then others of the same stack. */
async function update(before: Template['Resources'], after: Template['Resources']) {
  const { aws, asked } = agreeableAws();
  const first = await deploy({ aws, stackName: 'Stack', template: { Resources: before } });
  asked.length = 0;
  await deploy({ aws, stackName: 'Stack', template: { Resources: after }, before: first });
  return asked;
}

describe('a deployment in an emulator', () => {
  it('knows every type of resource that a template can have', () => {
    const types = Object.values(
      templateOf(EVERY_SETTING).toJSON().Resources as Template['Resources'],
    );
    expect(types.filter(({ Type }) => !(Type in TRANSLATIONS))).toEqual([]);
  });

  it('makes each resource after what it refers to, under a name of the stack', async () => {
    const { aws, asked } = agreeableAws();
    const Resources = { Receiver: subscription('a@example.com', FILTERED), Topic: topic };
    await deploy({ aws, stackName: 'Stack', template: { Resources } });
    expect(asked).toEqual([
      expect.stringMatching(/^CreateTopic Stack-Topic-[0-9a-f]{8}$/),
      'Subscribe a@example.com',
    ]);
  });

  it('ends over a type or a change that no translation is known for', async () => {
    const { aws } = agreeableAws();
    const unknown = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } };
    await expect(deploy({ aws, stackName: 'Stack', template: unknown })).rejects.toThrow(
      NotRehearsed,
    );
    const encrypted = { ...topic, Properties: { KmsMasterKeyId: 'alias/aws/sns' } };
    await expect(update({ Topic: topic }, { Topic: encrypted })).rejects.toThrow(NotRehearsed);
    await expect(update({ Topic: topic }, {})).rejects.toThrow(NotRehearsed);
  });
});

describe('an update of subscriptions', () => {
  it('adds, changes and removes what the template does, and leaves the rest alone', async () => {
    const asked = await update(
      {
        Topic: topic,
        Same: subscription('same@example.com', FILTERED),
        Changes: subscription('changes@example.com', FILTERED),
        Leaves: subscription('leaves@example.com', FILTERED),
      },
      {
        Topic: topic,
        Same: subscription('same@example.com', FILTERED),
        Changes: subscription('changes@example.com', EVERYTHING),
        Joins: subscription('joins@example.com', FILTERED),
      },
    );
    expect(asked).toEqual([
      'SetSubscriptionAttributes FilterPolicy',
      'Subscribe joins@example.com',
      'Unsubscribe undefined',
    ]);
  });

  it('is refused, as AWS refuses it, when a policy or its scope would be taken away', async () => {
    const before = { Topic: topic, Receiver: subscription('a@example.com', FILTERED) };
    const after = { Topic: topic, Receiver: subscription('a@example.com', {}) };
    await expect(update(before, after)).rejects.toThrow(UpdateRefused);
  });
});
