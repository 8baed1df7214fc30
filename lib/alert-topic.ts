import { Alias } from 'aws-cdk-lib/aws-kms';
import { type CfnSubscription, type ITopicSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlertFilter, toSubscriptionPolicy } from './alert-filter.ts';

/** Settings of an {@link AlertTopic}: who is told from the start. Others may subscribe at any time. */
export interface AlertTopicProps {
  /**
   * People who are told by email. Each has to confirm the subscription once.
   *
   * @default - nobody
   */
  readonly emails?: readonly { readonly address: string; readonly filter?: AlertFilter }[];

  /**
   * People who are told by SMS. Numbers are in E.164 form, like `+37060000000`.
   *
   * @default - nobody
   */
  readonly phoneNumbers?: readonly { readonly number: string; readonly filter?: AlertFilter }[];
}

/**
 * The topic that every alert is published to: encrypted at rest, TLS only. The key is the one that AWS
 * manages for SNS, which costs nothing a month. Whoever of this account may publish may use it, but
 * no AWS service: alarms need a topic of their own.
 */
export class AlertTopic extends Construct {
  readonly topic: Topic;

  /** Who is told from the start, each as `email:team@example.com` or `sms:+37060000000`. */
  readonly declaredSubscriptions: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    { emails = [], phoneNumbers = [] }: AlertTopicProps = {},
  ) {
    super(scope, id);

    this.topic = new Topic(this, 'Topic', {
      enforceSSL: true,
      masterKey: Alias.fromAliasName(this, 'Key', 'alias/aws/sns'),
    });
    this.declaredSubscriptions = [
      ...emails.map(({ address }) => `email:${address}`),
      ...phoneNumbers.map(({ number }) => `sms:${number}`),
    ];
    for (const { address, filter } of emails) {
      this.subscribe(new EmailSubscription(address, toSubscriptionPolicy(filter)));
    }
    for (const { number, filter } of phoneNumbers) {
      this.subscribe(new SmsSubscription(number, toSubscriptionPolicy(filter)));
    }
  }

  /**
   * Every subscription has a policy and a scope, so that an update only ever changes their values:
   * CloudFormation takes back a scope that is gone from the template by setting it to null, which SNS
   * refuses, and the whole update fails
   * [https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1840].
   */
  private subscribe(receiver: ITopicSubscription): void {
    const subscription = this.topic.addSubscription(receiver).node.defaultChild as CfnSubscription;
    subscription.filterPolicyScope = 'MessageAttributes';
  }
}
