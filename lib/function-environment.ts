import type { AlertTopic } from './alert-topic.ts';
import type { JobStore } from './job-store.ts';

/** By which environment variables both functions find the tables and the topic. */
export function functionEnvironment(
  { jobs, checkpoint, subscriptions }: JobStore,
  { topic, declaredSubscriptions }: AlertTopic,
): Record<string, string> {
  return {
    JOBS_TABLE: jobs.tableName,
    CHECKPOINT_TABLE: checkpoint.tableName,
    SUBSCRIPTIONS_TABLE: subscriptions.tableName,
    ALERT_TOPIC_ARN: topic.topicArn,
    DECLARED_SUBSCRIPTIONS: JSON.stringify(declaredSubscriptions),
  };
}
