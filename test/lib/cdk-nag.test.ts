import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { createStack, EVERY_SETTING } from './support/stack.ts';

function findings(stack: Stack): readonly string[] {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  return violations.map(({ ruleName, description }) => `${ruleName}: ${description}`);
}

describe('cdk-nag finds nothing to object to', () => {
  it('in the stack as it is without settings', () => {
    expect(findings(createStack())).toEqual([]);
  });

  it('in the stack with every setting', () => {
    expect(findings(createStack(EVERY_SETTING))).toEqual([]);
  });

  it('in a stack that is only tried out', () => {
    expect(findings(createStack({ ephemeral: true }))).toEqual([]);
  });

  it('and does find what is wrong elsewhere', () => {
    const stack = new Stack(new App());
    new Bucket(stack, 'Bucket');
    expect(findings(stack)).not.toEqual([]);
  });
});

it('is asked to overlook these rules, each on one resource, and no other', () => {
  const overlooked = createStack({ ...EVERY_SETTING, operatorKey: false })
    .node.findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data).map((rule) => `${node.path} ${rule}`)),
    );
  expect(overlooked).toEqual([
    'ExtractionMonitor/OperatorTopic/Topic Annotation::AwsSolutions-SNS2',
    ...[0, 1, 2, 3].map(
      (n) => `ExtractionMonitor/RegistrationApi/PageRoute${n} Annotation::AwsSolutions-APIG4`,
    ),
    'ExtractionMonitor/StatusMonitor/DeadLetters/Queue Annotation::AwsSolutions-SQS3',
    'ExtractionMonitor/StatusMonitor/ItwinCredentials/Secret Annotation::AwsSolutions-SMG4',
    'ExtractionMonitor/StatusMonitor/FollowUps/Queue Annotation::AwsSolutions-SQS3',
  ]);
});
