import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { iModelKey } from '../../functions/core/imodels/imodel.ts';
import type { CloudFormationTemplate } from '../../local/template.ts';
import { permissionsOf } from './support/permissions.ts';
import { templateOf } from './support/stack.ts';
import { pathOf } from './support/template-resources.ts';

const template = templateOf();
const json = template.toJSON() as CloudFormationTemplate;

/** All that the role at a path in the stack may do; resources by their paths. */
const allowed = (role: string) => permissionsOf(json, role, (id) => pathOf(json, id));

describe('the api function', () => {
  it('may do this and nothing else: it cannot publish, nor read the credentials', () => {
    expect(allowed('RegistrationApi/FunctionRole')).toEqual([
      'dynamodb:BatchGetItem JobStore/Jobs',
      'dynamodb:DeleteItem JobStore/Jobs',
      'dynamodb:DeleteItem JobStore/Subscriptions',
      'dynamodb:GetItem JobStore/Checkpoint',
      'dynamodb:GetItem JobStore/Jobs',
      'dynamodb:GetItem JobStore/Subscriptions',
      'dynamodb:PutItem JobStore/Jobs',
      'dynamodb:PutItem JobStore/Subscriptions',
      'dynamodb:Query JobStore/Jobs/index/byEnd',
      'dynamodb:Query JobStore/Jobs/index/byMonth',
      'dynamodb:Scan JobStore/Subscriptions',
      'dynamodb:UpdateItem JobStore/Jobs',
      'logs:CreateLogStream RegistrationApi/FunctionLog',
      'logs:PutLogEvents RegistrationApi/FunctionLog',
      'sns:ListSubscriptionsByTopic AlertTopic/Topic',
      'sns:SetSubscriptionAttributes AlertTopic/Topic',
      'sns:Subscribe AlertTopic/Topic',
      'sns:Unsubscribe AlertTopic/Topic',
    ]);
  });

  it('deletes watched iModels, and no job', () => {
    const statement = { Action: 'dynamodb:DeleteItem', Effect: 'Allow' };
    const keys = [iModelKey('*')];
    const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } };
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ ...statement, Condition })]),
      },
    });
  });

  it('subscribes people, and no address on the web', () => {
    const statement = { Action: 'sns:Subscribe', Effect: 'Allow' };
    const Condition = { StringEquals: { 'sns:Protocol': ['email', 'sms'] } };
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ ...statement, Condition })]),
      },
    });
  });
});

describe('the monitor function', () => {
  it('may do this and nothing else: it cannot delete a job, nor an iModel', () => {
    expect(allowed('StatusMonitor/FunctionRole')).toEqual([
      'dynamodb:GetItem JobStore/Checkpoint',
      'dynamodb:GetItem JobStore/Jobs',
      'dynamodb:PutItem JobStore/Checkpoint',
      'dynamodb:PutItem JobStore/Jobs',
      'dynamodb:Query JobStore/Jobs/index/byEnd',
      'dynamodb:Query JobStore/Jobs/index/watched',
      'dynamodb:Scan JobStore/Subscriptions',
      'dynamodb:UpdateItem JobStore/Jobs',
      'logs:CreateLogStream StatusMonitor/FunctionLog',
      'logs:PutLogEvents StatusMonitor/FunctionLog',
      'secretsmanager:GetSecretValue StatusMonitor/ItwinCredentials/Secret',
      'sns:ListSubscriptionsByTopic AlertTopic/Topic',
      'sns:ListSubscriptionsByTopic OperatorTopic/Topic',
      'sns:Publish AlertTopic/Topic',
      'sns:Publish OperatorTopic/Topic',
      'sqs:DeleteMessage StatusMonitor/FollowUps/Queue',
      'sqs:GetQueueAttributes StatusMonitor/DeadLetters/Queue',
      'sqs:GetQueueAttributes StatusMonitor/FollowUps/Queue',
      'sqs:GetQueueUrl StatusMonitor/DeadLetters/Queue',
      'sqs:ReceiveMessage StatusMonitor/FollowUps/Queue',
      'sqs:SendMessage StatusMonitor/DeadLetters/Queue',
      'sqs:SendMessage StatusMonitor/FollowUps/Queue',
    ]);
  });
});

describe('the schedule', () => {
  it('may invoke the monitor, tell of what it could not, and nothing else', () => {
    expect(allowed('StatusMonitor/EveryMinute/Role')).toEqual([
      'lambda:InvokeFunction StatusMonitor/Function',
      'sqs:SendMessage StatusMonitor/DeadLetters/Queue',
    ]);
  });

  it('alone may take its role, in this account', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': {
                  'Fn::GetAtt': [Match.stringLikeRegexp('EveryMinuteGroup'), 'Arn'],
                },
              },
            },
          },
        ],
      },
    });
  });
});

describe('the stack', () => {
  it('has no other role, and none with more than the policies above', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role'));
    expect(roles.map(([id]) => pathOf(json, id))).toEqual([
      'RegistrationApi/FunctionRole',
      'StatusMonitor/FunctionRole',
      'StatusMonitor/EveryMinute/Role',
    ]);
    for (const [, { Properties }] of roles) {
      expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
    }
  });

  it('allows nothing by a wildcard', () => {
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    const statements: { Action: unknown; Resource: unknown }[] = policies.flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const allowed = JSON.stringify(statements.map(({ Action, Resource }) => [Action, Resource]));
    expect(allowed).toContain('dynamodb:GetItem');
    expect(allowed).not.toContain('*');
  });
});
