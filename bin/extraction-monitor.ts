import { App } from 'aws-cdk-lib';
import { ExtractionMonitorStack } from '../lib/extraction-monitor-stack.ts';

new ExtractionMonitorStack(new App(), 'ExtractionMonitor');
