import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { JobStore } from '../../../../lib/job-store.ts';
import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../../local/dynamodb/embedded-dynamodb.ts';

/** An empty DynamoDB with the tables of the stack, called `Jobs` and `Checkpoint`. */
export function startTables(): Promise<EmbeddedDynamoDb> {
  const app = new App({ context: { 'aws:cdk:enable-path-metadata': true } });
  const stack = new Stack(app, 'Tables');
  new JobStore(stack, 'JobStore');
  return startEmbeddedDynamoDb({
    template: { Resources: Template.fromStack(stack).toJSON().Resources },
  });
}
