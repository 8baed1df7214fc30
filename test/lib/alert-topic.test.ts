import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { AlertTopic, type AlertTopicProps } from '../../lib/alert-topic.ts';

function templateOf(props?: AlertTopicProps): Template {
  const stack = new Stack();
  new AlertTopic(stack, 'AlertTopic', props);
  return Template.fromStack(stack);
}

const EVERY_ALERT = { state: [{ exists: true }] };

describe('the alert topic', () => {
  it('is encrypted at rest with the key that AWS manages for SNS', () => {
    templateOf().hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::Join': ['', Match.arrayWith([':alias/aws/sns'])] },
    });
  });

  it('takes no alert that is not sent over TLS', () => {
    templateOf().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Action: 'sns:Publish',
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      }),
    });
  });

  it('tells nobody until somebody subscribes', () => {
    templateOf().resourceCountIs('AWS::SNS::Subscription', 0);
  });

  it('tells people by email', () => {
    templateOf({ emails: [{ address: 'team@example.com' }] }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Protocol: 'email', Endpoint: 'team@example.com', FilterPolicy: EVERY_ALERT },
    );
  });

  it('tells people by SMS', () => {
    templateOf({ phoneNumbers: [{ number: '+37060000000' }] }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Protocol: 'sms', Endpoint: '+37060000000', FilterPolicy: EVERY_ALERT },
    );
  });

  it('tells the functions whom it tells', () => {
    const { declaredSubscriptions } = new AlertTopic(new Stack(), 'AlertTopic', {
      emails: [{ address: 'team@example.com' }],
      phoneNumbers: [{ number: '+37060000000' }],
    });
    expect(declaredSubscriptions).toEqual(['email:team@example.com', 'sms:+37060000000']);
  });

  it('lets each of them choose what to be told', () => {
    const template = templateOf({
      emails: [{ address: 'team@example.com', filter: { labelPrefixes: ['Bridge'] } }],
      phoneNumbers: [{ number: '+37060000000', filter: { states: ['Failed'] } }],
    });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      FilterPolicy: { label: [{ prefix: 'Bridge' }] },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sms',
      FilterPolicy: { state: ['Failed'] },
    });
  });

  it('gives each a policy and its scope, so that an update only changes their values', () => {
    const template = templateOf({
      emails: [
        { address: 'all@example.com' },
        { address: 'every@example.com', filter: {} },
        { address: 'some@example.com', filter: { states: ['Failed'] } },
      ],
      phoneNumbers: [{ number: '+37060000000' }],
    });
    template.resourceCountIs('AWS::SNS::Subscription', 4);
    template.allResourcesProperties('AWS::SNS::Subscription', {
      FilterPolicy: Match.objectLike({ state: Match.anyValue() }),
      FilterPolicyScope: 'MessageAttributes',
    });
  });

  it('keeps the subscription of an address whose filter comes or goes', () => {
    const idOf = (props: AlertTopicProps) =>
      Object.keys(templateOf(props).findResources('AWS::SNS::Subscription'));
    const address = 'team@example.com';
    const filtered = { address, filter: { states: ['Failed'] } } as const;
    expect(idOf({ emails: [filtered] })).toEqual(idOf({ emails: [{ address }] }));
  });
});
