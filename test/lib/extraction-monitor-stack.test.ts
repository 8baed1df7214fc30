import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, it } from 'vitest';
import {
  ExtractionMonitorStack,
  type ExtractionMonitorStackProps,
} from '../../lib/extraction-monitor-stack.ts';

function templateOf(props?: ExtractionMonitorStackProps): Template {
  return Template.fromStack(new ExtractionMonitorStack(new App(), 'ExtractionMonitor', props));
}

describe('the stack', () => {
  it('has the two tables and the topic without any setting', () => {
    const template = templateOf();
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });

  it('can be tried out and removed without a trace', () => {
    const ephemeral = { Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })] };
    templateOf({ ephemeral: true }).resourcePropertiesCountIs(
      'AWS::DynamoDB::GlobalTable',
      ephemeral,
      2,
    );
  });

  it('tells the people it is given', () => {
    templateOf({ alerts: { emails: [{ address: 'team@example.com' }] } }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Endpoint: 'team@example.com' },
    );
  });
});
