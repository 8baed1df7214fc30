import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { ExtractionMonitorStackProps } from '../../lib/extraction-monitor-stack.ts';
import { createStack, EVERY_SETTING, TOKENS, templateOf } from './support/stack.ts';
import { resolve } from './support/template-resources.ts';

describe('the stack', () => {
  it('needs no setting', () => {
    const template = templateOf();
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 3);
    template.resourceCountIs('AWS::Lambda::Function', 2);
  });

  it('tells where to register jobs, where alerts come from and where the credentials belong', () => {
    const { ApiUrl, AlertTopicArn, CredentialsSecretName } = templateOf().findOutputs('*');
    expect(ApiUrl?.Value).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/HttpApi/), 'ApiEndpoint'],
    });
    expect(AlertTopicArn?.Value).toEqual({ Ref: expect.stringMatching(/^AlertTopic/) });
    expect(JSON.stringify(CredentialsSecretName?.Value)).toContain('ItwinCredentials');
  });

  it('tells what a caller needs: the API and all below it, or a token, which is another matter', () => {
    const nameOf = (id: string) => id.replace(/^RegistrationApiHttpApi.+/, 'abc123');
    const { CallerPolicy } = templateOf().findOutputs('CallerPolicy');
    expect(JSON.parse(String(resolve(CallerPolicy?.Value, nameOf)))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'execute-api:Invoke',
          Resource: 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:abc123/*',
        },
      ],
    });
    expect(templateOf({ tokens: TOKENS }).findOutputs('CallerPolicy')).toEqual({});
  });

  it('is protected against deletion, unless it is only tried out', () => {
    expect(createStack().terminationProtection).toBe(true);
    expect(createStack({ ephemeral: true }).terminationProtection).toBe(false);
  });

  it('gives its tags to its tables, which CloudFormation does not', () => {
    const replicasWith = (tags: unknown) => ({ Replicas: [Match.objectLike({ Tags: tags })] });
    templateOf({ tags: { team: 'bridges' } }).allResourcesProperties(
      'AWS::DynamoDB::GlobalTable',
      replicasWith([{ Key: 'team', Value: 'bridges' }]),
    );
    templateOf().allResourcesProperties('AWS::DynamoDB::GlobalTable', replicasWith(Match.absent()));
  });

  it('can be tried out and removed without a trace', () => {
    const template = templateOf({ ephemeral: true });
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
    });
    expect(JSON.stringify(template)).not.toContain('"Retain"');
  });

  it('otherwise keeps the tables, and nothing else', () => {
    const kept = Object.values(templateOf().toJSON().Resources as Record<string, Resource>).filter(
      ({ DeletionPolicy }) => DeletionPolicy === 'Retain',
    );
    expect(kept.map(({ Type }) => Type)).toEqual(Array(3).fill('AWS::DynamoDB::GlobalTable'));
  });

  it('tells the people it is given', () => {
    templateOf({ alerts: { emails: [{ address: 'team@example.com' }] } }).hasResourceProperties(
      'AWS::SNS::Subscription',
      { Endpoint: 'team@example.com' },
    );
  });
});

describe('the synthesis', () => {
  const warningsOf = (props?: ExtractionMonitorStackProps) =>
    Annotations.fromStack(createStack(props))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data);

  it('warns when nobody would be told how jobs end, and when nobody would be told of faults', () => {
    expect(warningsOf()).toEqual([
      expect.stringContaining('Nobody is told how jobs end'),
      expect.stringContaining('Nobody is told when the monitor fails'),
    ]);
  });

  it('does not warn when there is a receiver and an operator', () => {
    const operatorEmail = 'ops@example.com';
    const sms = { alerts: { phoneNumbers: [{ number: '+37060000000' }] }, operatorEmail };
    expect(warningsOf(EVERY_SETTING)).toEqual([]);
    expect(warningsOf(sms)).toEqual([]);
  });
});

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
}
