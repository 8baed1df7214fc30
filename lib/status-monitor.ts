import { Duration, SecretValue, Validations } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { BundledFunction, functionEnvironment } from './bundled-function.ts';
import type { JobStore } from './job-store.ts';
import { DeadLetters, EveryMinute, FollowUps } from './schedule.ts';

/** How a client names itself at the token endpoint, in the words of OAuth 2.0. */
export type ClientAuthentication = 'client_secret_post' | 'client_secret_basic';

/** What a {@link StatusMonitor} asks, and how often. */
export interface UpstreamProps {
  /**
   * The budget: how many requests a minute upstream is sent at most, 1 to 5,000.
   *
   * @default 60
   */
  readonly checksPerMinute?: number;

  /**
   * The least time (s) from one sweep to the next while jobs are pending and the budget has room, 15 to
   * 60. With 60 there is one sweep a minute, and no queue for more.
   *
   * @default 15
   */
  readonly checkEverySeconds?: number;

  /**
   * Ids of iModels to watch, 50 at most: all environment variables of a function have 4 KB together.
   *
   * @default - those that callers of the API watch
   */
  readonly imodels?: readonly string[];

  /**
   * Whether somebody is told when a run becomes unusually long.
   *
   * @default true
   */
  readonly unusuallyLong?: boolean;

  /**
   * Origin of the iTwin Platform API.
   *
   * @default 'https://api.bentley.com'
   */
  readonly itwinApiUrl?: string;

  /**
   * Where access tokens come from.
   *
   * @default 'https://ims.bentley.com/connect/token'
   */
  readonly itwinTokenUrl?: string;

  /**
   * How the client names itself there.
   *
   * @default 'client_secret_post'
   */
  readonly itwinClientAuthentication?: ClientAuthentication;
}

/** What is told besides how each job ended. */
export interface TellingProps {
  /**
   * After how many minutes somebody is reminded of a job that is still pending, 1 to 10,079, where its
   * registration, or the watch of its iModel, says nothing about it.
   *
   * @default - never
   */
  readonly remindAfterMinutes?: number;

  /**
   * When a digest of what ended since the last one is sent: days, time of day and IANA time zone, as in
   * `Mon-Fri 07:00 Europe/Vilnius`. Without days it is every day, without a zone UTC.
   *
   * @default - never
   */
  readonly digestAt?: string;
}

/** Settings of a {@link StatusMonitor}. */
export interface StatusMonitorProps extends UpstreamProps, TellingProps {
  readonly jobStore: JobStore;
  readonly alertTopic: AlertTopic;
  readonly operatorTopic: ITopic;

  /**
   * Where people find the page.
   *
   * @default - mails do not link to it
   */
  readonly pageUrl?: string;
}

/**
 * Checks the pending jobs every minute, and within it while there is room, and publishes how they ended.
 * A sweep that fails is not repeated: the next minute's is the retry.
 *
 * No concurrency is reserved. One sweep at a time is what the lease in the checkpoint sees to, and a
 * new AWS account, whose whole limit may be ten, has none to reserve.
 */
export class StatusMonitor extends Construct {
  readonly function: BundledFunction;

  readonly schedule: EveryMinute;

  /** Gets the events for which there was no sweep, or one that failed. */
  readonly deadLetters: Queue;

  /** The iTwin credentials. */
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: StatusMonitorProps) {
    super(scope, id);
    const { jobs, checkpoint, subscriptions } = props.jobStore;
    const { topic } = props.alertTopic;

    this.deadLetters = new DeadLetters(this, 'DeadLetters').queue;
    this.secret = new ItwinCredentials(this, 'ItwinCredentials').secret;
    this.function = new BundledFunction(this, 'Function', {
      entry: 'functions/monitor/handler.ts',
      description: 'Checks pending jobs with the iTwin Platform and publishes how they ended.',
      // 5,000 checks, the most that a sweep makes, took 1.6 s of a whole CPU (without TLS) and
      // 250 MB. This is twice the memory and, with 0.29 of a CPU for 40 s, seven times the computing.
      memorySize: 512,
      timeout: Duration.seconds(60),
      maxEventAge: Duration.seconds(60),
      retryAttempts: 0,
      onFailure: new SqsDestination(this.deadLetters),
      environment: {
        ...functionEnvironment(props.jobStore, props.alertTopic),
        OPERATOR_TOPIC_ARN: props.operatorTopic.topicArn,
        ITWIN_CREDENTIALS_SECRET: this.secret.secretArn,
        ...upstreamEnvironment(props),
        ...(props.pageUrl && { PAGE_URL: props.pageUrl }),
        ...(props.digestAt && { DIGEST_AT: props.digestAt }),
      },
    });
    this.function.allow(
      jobs.tableArn,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
    this.function.allow(`${jobs.tableArn}/index/watched`, 'dynamodb:Query');
    this.function.allow(`${jobs.tableArn}/index/byEnd`, 'dynamodb:Query');
    this.function.allow(checkpoint.tableArn, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.function.allow(subscriptions.tableArn, 'dynamodb:Scan');
    this.function.allow(topic.topicArn, 'sns:ListSubscriptionsByTopic', 'sns:Publish');
    const { topicArn, masterKey } = props.operatorTopic;
    this.function.allow(topicArn, 'sns:ListSubscriptionsByTopic', 'sns:Publish');
    if (masterKey) this.function.allow(masterKey.keyArn, 'kms:Decrypt', 'kms:GenerateDataKey');
    this.function.allow(this.secret.secretArn, 'secretsmanager:GetSecretValue');
    this.schedule = new EveryMinute(this, 'EveryMinute', {
      function: this.function,
      deadLetters: this.deadLetters,
    });
    if (props.checkEverySeconds !== 60) {
      const { queue } = new FollowUps(this, 'FollowUps', this.function);
      this.function.addEnvironment('FOLLOW_UP_QUEUE_URL', queue.queueUrl);
    }
  }
}

/** What is not set, the function has defaults for. */
function upstreamEnvironment(props: UpstreamProps & TellingProps): Record<string, string> {
  const { checksPerMinute = 60, checkEverySeconds, imodels = [], unusuallyLong = true } = props;
  const { itwinApiUrl, itwinTokenUrl, itwinClientAuthentication, remindAfterMinutes } = props;
  return {
    CHECKS_PER_MINUTE: String(checksPerMinute),
    ...(checkEverySeconds && { CHECK_EVERY_SECONDS: String(checkEverySeconds) }),
    ...(!unusuallyLong && { UNUSUALLY_LONG: 'false' }),
    ...(imodels.length > 0 && { IMODELS: imodels.join() }),
    // For the runs of these iModels: of all others the API is told.
    ...(imodels.length > 0 &&
      remindAfterMinutes && { REMIND_AFTER_MINUTES: String(remindAfterMinutes) }),
    ...(itwinApiUrl && { ITWIN_API_URL: itwinApiUrl }),
    ...(itwinTokenUrl && { ITWIN_TOKEN_URL: itwinTokenUrl }),
    ...(itwinClientAuthentication && { ITWIN_CLIENT_AUTHENTICATION: itwinClientAuthentication }),
  };
}

/**
 * The credentials of the service application that asks the iTwin Platform, to be filled in by hand
 * once the stack is there. Until then no check is made, and each sweep says so and counts it. A later
 * deployment leaves what was filled in alone: CloudFormation writes a secret's value only when the
 * value in the template changes.
 */
class ItwinCredentials extends Construct {
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
