import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlertTopic, type AlertTopicProps } from './alert-topic.ts';
import type { CallerProps } from './api-access.ts';
import { JobStore, type JobStoreProps } from './job-store.ts';
import { Operations, type OperatorProps } from './operations/operations.ts';
import { OperatorTopic } from './operator-topic.ts';
import { RegistrationApi } from './registration-api.ts';
import { StatusMonitor, type TellingProps, type UpstreamProps } from './status-monitor.ts';

/** Settings of an {@link ExtractionMonitorStack}. */
export interface ExtractionMonitorStackProps
  extends StackProps,
    JobStoreProps,
    CallerProps,
    UpstreamProps,
    TellingProps,
    OperatorProps {
  /**
   * Who is told how jobs end.
   *
   * @default - nobody, until somebody subscribes to the topic
   */
  readonly alerts?: AlertTopicProps;

  /**
   * Where people find the page; mails link to it.
   *
   * @default - the address of the API, if readers can sign in there; else mails have no link
   */
  readonly pageUrl?: string;
}

/**
 * Extraction Monitor, whole, in one AWS account and region.
 *
 * @example
 * ```ts
 * import { App } from 'aws-cdk-lib';
 * import { ExtractionMonitorStack } from './extraction-monitor-stack.ts';
 *
 * new ExtractionMonitorStack(new App(), 'ExtractionMonitor', {
 *   checksPerMinute: 200,
 *   operatorEmail: 'ops@example.com',
 *   alerts: {
 *     emails: [
 *       { address: 'team@example.com' },
 *       { address: 'boss@example.com', filter: { states: ['Failed', 'TimedOut'] } },
 *     ],
 *   },
 * });
 * ```
 */
export class ExtractionMonitorStack extends Stack {
  constructor(scope: Construct, id: string, props: ExtractionMonitorStackProps = {}) {
    super(scope, id, {
      description: 'Watches iTwin Platform extraction runs and tells people how they ended.',
      // Deleting the stack takes two steps then, or one that says so. What is only tried out goes in one.
      terminationProtection: !props.ephemeral,
      ...props,
    });
    const jobStore = new JobStore(this, 'JobStore', props);
    const alertTopic = new AlertTopic(this, 'AlertTopic', props.alerts);
    this.warnIfNobodyIsTold(alertTopic, props);
    const { topic: operatorTopic } = new OperatorTopic(this, 'OperatorTopic', props);
    const api = new RegistrationApi(this, 'RegistrationApi', {
      ...props,
      jobStore,
      alertTopic,
    });
    const pageUrl = props.pageUrl ?? (props.tokens?.page && api.httpApi.apiEndpoint);
    const statusMonitor = new StatusMonitor(this, 'StatusMonitor', {
      ...props,
      ...(pageUrl && { pageUrl }),
      jobStore,
      alertTopic,
      operatorTopic,
    });
    const operations = new Operations(this, 'Operations', {
      ...props,
      registrationApi: api,
      statusMonitor,
      jobStore,
      alertTopic,
      operatorTopic,
    });

    this.output('ApiUrl', 'Where jobs are registered.', api.httpApi.apiEndpoint);
    this.output('AlertTopicArn', 'Where alerts are published.', alertTopic.topic.topicArn);
    this.output(
      'CredentialsSecretName',
      'Where the iTwin credentials belong.',
      statusMonitor.secret.secretName,
    );
    this.output('DashboardUrl', 'How the monitor is.', operations.dashboard.url);
    if (!props.tokens) this.output('CallerPolicy', 'What callers need.', this.callerPolicy(api));
  }

  /**
   * The policy of an IAM identity that calls the API. It names no method and no path: what reaches the
   * route `$default` is authorized as `API_ID/STAGE/$default`
   * [https://github.com/aws/serverless-application-model/issues/1860].
   */
  private callerPolicy({ httpApi }: RegistrationApi): string {
    const { apiId } = httpApi;
    const Resource = this.formatArn({ service: 'execute-api', resource: apiId, resourceName: '*' });
    return this.toJsonString({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }],
    });
  }

  /** All of it would be for nothing, and without a word. */
  private warnIfNobodyIsTold(
    { declaredSubscriptions }: AlertTopic,
    { operatorEmail }: ExtractionMonitorStackProps,
  ): void {
    if (declaredSubscriptions.length === 0) {
      Annotations.of(this).addWarningV2(
        'extraction-monitor:no-receiver',
        'Nobody is told how jobs end, until somebody subscribes. Set emails, phoneNumbers or alerts.',
      );
    }
    if (!operatorEmail) {
      Annotations.of(this).addWarningV2(
        'extraction-monitor:no-operator',
        'Nobody is told when the monitor fails. Set operatorEmail.',
      );
    }
  }

  private output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
