import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateOf } from './support/stack.ts';

const template = templateOf();
const QUEUE_ARN = { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] };
const MONITOR = { Description: Match.stringLikeRegexp('^Checks pending jobs') };

describe('the schedule', () => {
  it('invokes the monitor every minute, and at no other time', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^StatusMonitorFunction'), 'Arn'] } },
    });
  });

  it('does not try a minute again, and keeps what it could not hand over', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        DeadLetterConfig: { Arn: QUEUE_ARN },
      },
    });
  });
});

describe('a sweep that fails', () => {
  it('is not repeated, and leaves its event among the dead letters', () => {
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^StatusMonitorFunction') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    });
  });
});

describe('the dead letters', () => {
  it('are encrypted at rest and kept for 14 days', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3_600,
    });
  });

  it('are sent and read over TLS only', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'sqs:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: QUEUE_ARN,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });
});

describe('the monitor function', () => {
  it('runs on Node 24 and arm64, for a minute at most, so that two sweeps never meet for long', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      ...MONITOR,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('writes JSON into a log of its own, which is kept for 90 days', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      ...MONITOR,
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: { Ref: Match.stringLikeRegexp('^StatusMonitorFunctionLog') },
      },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  it('leaves to the defaults of the product what is not configured', () => {
    expect(Object.keys(environment(templateOf()))).toEqual([
      'NODE_OPTIONS',
      'STACK_NAME',
      'JOBS_TABLE',
      'CHECKPOINT_TABLE',
      'SUBSCRIPTIONS_TABLE',
      'ALERT_TOPIC_ARN',
      'DECLARED_SUBSCRIPTIONS',
      'OPERATOR_TOPIC_ARN',
      'ITWIN_CREDENTIALS_SECRET',
      'CHECKS_PER_MINUTE',
      'FOLLOW_UP_QUEUE_URL',
    ]);
    expect(environment(templateOf())).toMatchObject({ CHECKS_PER_MINUTE: '60' });
  });

  it('is told what is configured', () => {
    const upstream = {
      checksPerMinute: 5_000,
      checkEverySeconds: 20,
      itwinApiUrl: 'https://qa-api.bentley.com',
      itwinTokenUrl: 'https://qa-ims.bentley.com/connect/token',
      itwinClientAuthentication: 'client_secret_basic',
    } as const;
    expect(environment(templateOf(upstream))).toMatchObject({
      CHECKS_PER_MINUTE: '5000',
      CHECK_EVERY_SECONDS: '20',
      ITWIN_API_URL: 'https://qa-api.bentley.com',
      ITWIN_TOKEN_URL: 'https://qa-ims.bentley.com/connect/token',
      ITWIN_CLIENT_AUTHENTICATION: 'client_secret_basic',
    });
  });

  function environment(of: typeof template): Record<string, unknown> {
    const [monitor] = Object.values(
      of.findResources('AWS::Lambda::Function', { Properties: MONITOR }),
    );
    return monitor?.Properties.Environment.Variables;
  }
});

describe('the queue of follow-ups', () => {
  const isQueue = { RedrivePolicy: Match.absent(), MessageRetentionPeriod: 60 };

  it('keeps a message for no more than its minute, which is as long as nobody sees it again', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      ...isQueue,
      VisibilityTimeout: 60,
      SqsManagedSseEnabled: true,
    });
  });

  it('is gone to by TLS alone', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: Match.stringLikeRegexp('^StatusMonitorFollowUps') }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });

  it('gives the monitor one message at a time', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: Match.stringLikeRegexp('^StatusMonitorFunction') },
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^StatusMonitorFollowUps'), 'Arn'] },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
      DestinationConfig: Match.absent(),
    });
  });

  it('is not there, nor asked, when a sweep a minute is enough', () => {
    const once = templateOf({ checkEverySeconds: 60 });
    once.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    once.resourceCountIs('AWS::SQS::Queue', 1);
    once.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { FOLLOW_UP_QUEUE_URL: Match.absent() } },
    });
  });
});

describe('the iTwin credentials', () => {
  it('are a secret with nothing in it but its form, which its description tells too', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: '{"clientId":"","clientSecret":""}',
      GenerateSecretString: Match.absent(),
      Description: Match.stringLikeRegexp('{"clientId": "...", "clientSecret": "..."}'),
    });
  });
});
