import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { JobStore } from '../../../../lib/job-store.ts';
import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../../local/dynamodb/embedded-dynamodb.ts';
import type { CloudFormationTemplate } from '../../../../local/template.ts';

/** All APIs of a test file share it: to synthesize it takes a while. */
let template: CloudFormationTemplate | undefined;

/** An empty DynamoDB with the tables of the stack: `Jobs`, `Checkpoint` and `Subscriptions`. */
export function startTables(): Promise<EmbeddedDynamoDb> {
  template ??= synthesize();
  return startEmbeddedDynamoDb({ template });
}

function synthesize(): CloudFormationTemplate {
  const app = new App({ context: { 'aws:cdk:enable-path-metadata': true } });
  const stack = new Stack(app, 'Tables');
  new JobStore(stack, 'JobStore');
  return { Resources: Template.fromStack(stack).toJSON().Resources };
}
