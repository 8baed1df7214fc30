import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlertTopic, type AlertTopicProps } from './alert-topic.ts';
import { JobStore, type JobStoreProps } from './job-store.ts';

/** Settings of an {@link ExtractionMonitorStack}. */
export interface ExtractionMonitorStackProps extends StackProps, JobStoreProps {
  /**
   * Who is told how jobs end.
   *
   * @default - nobody, until somebody subscribes to the topic
   */
  readonly alerts?: AlertTopicProps;
}

/** Extraction Monitor, whole, in one AWS account and region. */
export class ExtractionMonitorStack extends Stack {
  constructor(scope: Construct, id: string, props: ExtractionMonitorStackProps = {}) {
    super(scope, id, props);

    new JobStore(this, 'JobStore', props);
    new AlertTopic(this, 'AlertTopic', props.alerts);
  }
}
