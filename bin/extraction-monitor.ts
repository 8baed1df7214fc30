import { App } from 'aws-cdk-lib';
import { InvalidConfiguration, readConfiguration } from '../lib/configuration/configuration.ts';
import { ExtractionMonitorStack } from '../lib/extraction-monitor-stack.ts';

const app = new App();
try {
  const configuration = readConfiguration(app.node.getAllContext());
  new ExtractionMonitorStack(app, 'ExtractionMonitor', configuration);
} catch (error) {
  if (!(error instanceof InvalidConfiguration)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
