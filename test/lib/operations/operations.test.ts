import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TROUBLE_NAMES } from '../../../functions/core/sweeps/troubles.ts';
import { readConfiguration } from '../../../lib/configuration/configuration.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { alarmsOf } from '../support/alarms.ts';
import { RUNBOOK, runbookAnchors, runbookEntries } from '../support/runbook.ts';
import { EVERY_SETTING, templateOf } from '../support/stack.ts';

const template = templateOf(EVERY_SETTING);
const alarms = alarmsOf(template.toJSON() as CloudFormationTemplate);
const OPERATOR_TOPIC = { Ref: Match.stringLikeRegexp('^OperatorTopic') };
const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };
const THIS_ACCOUNT = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };

describe('every alarm', () => {
  it('tells the operator when it goes off and when all is well again, and nobody else', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [OPERATOR_TOPIC],
      OKActions: [OPERATOR_TOPIC],
      InsufficientDataActions: Match.absent(),
      ActionsEnabled: Match.absent(),
    });
  });

  it('is called after the stack, so that a mail says where it comes from', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmName: Match.stringLikeRegexp('^ExtractionMonitor-[A-Za-z]+$'),
    });
  });

  it('says what is wrong and what to do first: its mail may be all that somebody has', () => {
    templateOf().allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('^[A-Z].+\\. What to do first: [A-Z].+\\.$'),
    });
  });

  it('speaks of missing concurrency where that shows: Lambda takes such an event, and gives it up', () => {
    const told = alarms.filter(({ description }) => description.includes('EventAgeExceeded'));
    expect(told.map(({ name }) => name).sort()).toEqual(['DeadLetters', 'NoSweepCompleted']);
  });

  it('links to its entry in the runbook where operators find that, when it is configured', () => {
    const anchors = runbookAnchors();
    for (const { description } of alarms) {
      const [, anchor] = description.match(/ See https:\/\/[^#]+#(\w+)$/) ?? [];
      expect([description, anchors.has(String(anchor))]).toEqual([description, true]);
    }
  });

  it('has a text that CloudWatch takes, be the address of the runbook as long as it may', () => {
    const settings = (length: number) => ({
      runbookUrl: 'https://x.example.com/'.padEnd(length, 'x'),
    });
    const longest = templateOf(readConfiguration(settings(500)));
    const told = alarmsOf(longest.toJSON() as CloudFormationTemplate);
    for (const { description } of told) expect(description.length).toBeLessThanOrEqual(1_024);
    expect(() => readConfiguration(settings(501))).toThrow('an address of at most 500 characters');
  });

  it('watches one metric, and there are ten: what CloudWatch gives for nothing', () => {
    expect(alarms.flatMap(({ metrics }) => metrics).length).toBeLessThanOrEqual(10);
  });
});

describe('the runbook', () => {
  const toldOf = [...alarms.map(({ name }) => name), ...TROUBLE_NAMES].sort();

  it('has an entry for every alarm and every notice, and for no other', () => {
    const entries = runbookEntries().map(({ name }) => name);
    expect(entries.sort()).toEqual(toldOf);
  });

  it('lists each at its top, so that its entry is one click away', () => {
    const [top = ''] = RUNBOOK.split('\n## ', 1);
    const listed = [...top.matchAll(/\[(\w+)\]\(#\w+\)/g)].map(([, name]) => name);
    expect(listed).toEqual(expect.arrayContaining(toldOf));
  });

  it.each(runbookEntries())(
    'says of $name what it means, what to look at, what to do',
    ({ text }) => {
      expect(text.match(/^\*\*[^*]+\*\*/gm)).toEqual(['**Means:**', '**Look at:**', '**Do:**']);
    },
  );

  it('links to headings that it has', () => {
    const anchors = runbookAnchors();
    const links = [...RUNBOOK.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });
});

describe('the operator topic', () => {
  it('is another than that of the alerts', () => {
    template.resourceCountIs('AWS::SNS::Topic', 2);
    expect(JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'))).not.toMatch(
      /"Ref":"AlertTopic/,
    );
  });

  it('has no key, which costs by the month, unless one is asked for', () => {
    templateOf().resourceCountIs('AWS::KMS::Key', 0);
  });

  it('is encrypted with a key that the alarms of this account can use, and that rotates', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: {
        'Fn::GetAtt': [Match.stringLikeRegexp('^OperatorTopicKey'), 'Arn'],
      },
    });
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Delete',
      Properties: {
        EnableKeyRotation: true,
        KeyPolicy: {
          Statement: Match.arrayWith([
            {
              Effect: 'Allow',
              Principal: CLOUDWATCH,
              Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
              Resource: '*',
              Condition: { StringEquals: THIS_ACCOUNT },
            },
          ]),
        },
      },
    });
  });

  it('takes messages of the alarms and the monitor of this account, over TLS, and of nobody else', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [OPERATOR_TOPIC],
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: CLOUDWATCH,
            Condition: {
              StringEquals: THIS_ACCOUNT,
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    Match.arrayWith([Match.stringLikeRegexp('cloudwatch'), ':alarm:*']),
                  ],
                },
              },
            },
          }),
        ],
      }),
    });
  });

  it('tells the operator that is configured', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operator@example.com',
      TopicArn: OPERATOR_TOPIC,
    });
  });

  it('tells nobody until somebody subscribes', () => {
    templateOf().resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

it('SMS are watched against the quota that is configured', () => {
  templateOf({ smsMonthlyQuota: 50 }).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'SMSMonthToDateSpentUSD',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 40,
  });
});

/** When each alarm goes off: the value, for how many periods of how many minutes, and what silence is. */
const INTENTIONS: readonly (readonly [name: string, when: string, silence: string])[] = [
  ['NoSweepCompleted', 'Sum < 1 in 5 x 1 min', 'breaching'],
  ['MonitorFunctionErrors', 'Sum >= 3 in 1 x 15 min', 'notBreaching'],
  ['InvocationsRefused', 'Sum >= 3 in 1 x 15 min', 'notBreaching'],
  ['InvocationsDropped', 'Sum >= 3 in 1 x 15 min', 'notBreaching'],
  ['DeadLetters', 'Sum >= 1 in 1 x 5 min', 'notBreaching'],
  ['AlertsUndelivered', 'Sum >= 1 in 1 x 5 min', 'notBreaching'],
  ['NoticesUndelivered', 'Sum >= 1 in 1 x 5 min', 'notBreaching'],
  ['SmsQuotaNearlySpent', 'Maximum >= 0.8 in 1 x 5 min', 'ignore'],
  ['ApiFunctionErrors', 'Sum >= 3 in 1 x 15 min', 'notBreaching'],
  ['ApiServerErrors', 'Sum >= 1 in 1 x 5 min', 'notBreaching'],
];

describe('an alarm goes off', () => {
  it.each(INTENTIONS)('%s: %s; no data: %s', (name, when, silence) => {
    const alarm = alarms.find((each) => each.name === name);
    const [metric] = alarm?.metrics ?? [];
    const periods = `${alarm?.evaluationPeriods} x ${Number(metric?.period) / 60} min`;
    const limit = `${SIGNS[String(alarm?.comparison)]} ${alarm?.threshold}`;
    expect(`${metric?.statistic} ${limit} in ${periods}`).toBe(when);
    expect(alarm?.missingData).toBe(silence);
  });

  it('as is said above, and none otherwise', () => {
    expect(INTENTIONS.map(([name]) => name)).toEqual(alarms.map(({ name }) => name));
  });
});

const SIGNS: Readonly<Record<string, string>> = {
  LessThanThreshold: '<',
  GreaterThanOrEqualToThreshold: '>=',
};
