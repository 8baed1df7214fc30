import { Annotations, App } from 'aws-cdk-lib';
import { InvalidConfiguration, readConfiguration } from '../lib/configuration/configuration.ts';
import { DEFAULT_STACK_NAME } from '../lib/configuration/setting-conflicts.ts';
import { ExtractionMonitorStack } from '../lib/extraction-monitor-stack.ts';

const app = new App();
try {
  const configuration = readConfiguration(app.node.getAllContext());
  // The id is the name: CDK makes names from it, which two stacks in a region must not share.
  const stack = new ExtractionMonitorStack(app, configuration.stackName, configuration);
  if (app.node.tryGetContext('settings') && stack.stackName === DEFAULT_STACK_NAME) {
    Annotations.of(stack).addWarningV2(
      'extraction-monitor:default-name',
      'A deployment without -c settings takes back all that the file says, since it is of the same ' +
        'stack. Write a stackName of its own into the file.',
    );
  }
} catch (error) {
  if (!(error instanceof InvalidConfiguration)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
