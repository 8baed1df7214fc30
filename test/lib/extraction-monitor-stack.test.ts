import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateOf } from './support/stack.ts';

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

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
}
