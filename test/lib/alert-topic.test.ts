import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { AlertTopic, type AlertTopicProps } from '../../lib/alert-topic.ts';

function templateOf(props?: AlertTopicProps): Template {
  const stack = new Stack();
  new AlertTopic(stack, 'AlertTopic', props);
  return Template.fromStack(stack);
}

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
      { Protocol: 'email', Endpoint: 'team@example.com', FilterPolicy: Match.absent() },
    );
  });

  it('tells people by SMS', () => {
    templateOf({ phoneNumbers: [{ number: '+37060000000' }] }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Protocol: 'sms', Endpoint: '+37060000000', FilterPolicy: Match.absent() },
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
      emails: [{ address: 'team@example.com', filter: { labelPrefix: 'Bridge' } }],
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
});
