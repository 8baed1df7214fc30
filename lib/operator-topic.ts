import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { OperatorProps } from './operations/operations.ts';

const CLOUDWATCH = new ServicePrincipal('cloudwatch.amazonaws.com');

/** The topic of notices and alarms: TLS only, open to the alarms of this account. */
export class OperatorTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { operatorEmail, operatorKey }: OperatorProps) {
    super(scope, id);

    this.topic = new Topic(this, 'Topic', {
      enforceSSL: true,
      ...(operatorKey && { masterKey: this.createKey() }),
    });
    if (!operatorKey) {
      Validations.of(this.topic).acknowledge({
        id: 'AwsSolutions-SNS2',
        reason:
          'The key that AWS manages for SNS does not let alarms in, and one of our own costs a dollar ' +
          'a month. What is told here holds no text of jobs; operatorKey encrypts it all the same.',
      });
    }
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ...this.fromThisAccount(), ArnLike: { 'aws:SourceArn': this.anyAlarm() } },
      }),
    );
    if (operatorEmail) this.topic.addSubscription(new EmailSubscription(operatorEmail));
  }

  /**
   * A key of our own, since the policy of the one that AWS manages for SNS does not let CloudWatch
   * use it, and alarms would come to nothing without a word. It keeps nothing that outlives a
   * delivery, so it goes with the stack.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  private createKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts what Extraction Monitor tells its operator.',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        // The actions are those that AWS asks for; in the policy of a key `*` is that key.
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: this.fromThisAccount(),
      }),
    );
    return key;
  }

  private fromThisAccount() {
    return { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
  }

  private anyAlarm(): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    const alarm = { service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat };
    return Stack.of(this).formatArn(alarm);
  }
}
