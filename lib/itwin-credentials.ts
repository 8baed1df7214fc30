import { SecretValue, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * The credentials of the service application that asks the iTwin Platform, to be filled in by hand
 * once the stack is there. Until then no check is made, and each sweep says so and counts it. A later
 * deployment leaves what was filled in alone: CloudFormation writes a secret's value only when the
 * value in the template changes.
 */
export class ItwinCredentials extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    this.secret = new Secret(this, 'Secret', {
      description:
        'Credentials of the iTwin service application that Extraction Monitor asks with. ' +
        'Put in {"clientId": "...", "clientSecret": "..."}.',
      // Without a value of ours CDK would have one generated: a password that is nobody's.
      secretObjectValue: {
        clientId: SecretValue.unsafePlainText(''),
        clientSecret: SecretValue.unsafePlainText(''),
      },
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The client secret is issued by the iTwin Platform, which has no API to renew it. ' +
        'Whoever renews it there puts it in here; the function takes it from the next token on.',
    });
  }
}
