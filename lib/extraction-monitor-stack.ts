import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlertTopic, type AlertTopicProps } from './alert-topic.ts';
import type { CallerProps } from './api-access.ts';
import { JobStore, type JobStoreProps } from './job-store.ts';
import { Operations, type OperatorProps } from './operations/operations.ts';
import { RegistrationApi, type RegistrationProps } from './registration-api.ts';
import { StatusMonitor, type UpstreamProps } from './status-monitor.ts';

/** Settings of an {@link ExtractionMonitorStack}. */
export interface ExtractionMonitorStackProps
  extends StackProps,
    JobStoreProps,
    CallerProps,
    RegistrationProps,
    UpstreamProps,
    OperatorProps {
  /**
   * Who is told how jobs end.
   *
   * @default - nobody, until somebody subscribes to the topic
   */
  readonly alerts?: AlertTopicProps;
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
      ...props,
    });

    const jobStore = new JobStore(this, 'JobStore', props);
    const alertTopic = new AlertTopic(this, 'AlertTopic', props.alerts);
    const registrationApi = new RegistrationApi(this, 'RegistrationApi', {
      ...props,
      jobStore,
      alertTopic,
    });
    const statusMonitor = new StatusMonitor(this, 'StatusMonitor', {
      ...props,
      jobStore,
      alertTopic,
    });
    const operations = new Operations(this, 'Operations', {
      ...props,
      registrationApi,
      statusMonitor,
      jobStore,
      alertTopic,
    });

    this.output('ApiUrl', 'Where jobs are registered.', registrationApi.httpApi.apiEndpoint);
    this.output('AlertTopicArn', 'Where alerts are published.', alertTopic.topic.topicArn);
    this.output(
      'CredentialsSecretName',
      'Where the iTwin credentials belong.',
      statusMonitor.secret.secretName,
    );
    this.output('DashboardUrl', 'How the monitor is.', operations.dashboard.url);
  }

  private output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
