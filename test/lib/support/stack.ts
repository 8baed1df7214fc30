import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdk from '../../../cdk.json' with { type: 'json' };
import {
  ExtractionMonitorStack,
  type ExtractionMonitorStackProps,
} from '../../../lib/extraction-monitor-stack.ts';

/** Callers with a token, for tests. */
export const TOKENS = {
  issuer: 'https://ims.bentley.com',
  audience: ['extraction-monitor'],
  admitted: { clientIds: ['service-1'], subjects: [], organizations: ['org-1', 'org-2'] },
};

/** The same, who may use the page too. */
export const PAGE_TOKENS = { ...TOKENS, page: { clientId: 'spa-7', scope: 'itwin-platform' } };

/** Settings that bring every resource there can be. */
export const EVERY_SETTING: ExtractionMonitorStackProps = {
  tokens: PAGE_TOKENS,
  corsOrigins: ['https://app.example.com'],
  alerts: {
    emails: [{ address: 'team@example.com', filter: { states: ['Failed'] } }],
    phoneNumbers: [{ number: '+37060000000' }],
  },
  operatorEmail: 'operator@example.com',
  operatorKey: true,
  runbookUrl: 'https://wiki.example.com/extraction-monitor',
};

/** The stack as it is deployed, but that nothing is bundled. */
export function createStack(
  props?: ExtractionMonitorStackProps,
  stackName = 'ExtractionMonitor',
): ExtractionMonitorStack {
  const context = {
    ...cdk.context,
    'aws:cdk:bundling-stacks': [],
    'aws:cdk:enable-path-metadata': true,
  };
  return new ExtractionMonitorStack(new App({ context }), stackName, props);
}

/** The template of {@link createStack}. */
export function templateOf(props?: ExtractionMonitorStackProps, stackName?: string): Template {
  return Template.fromStack(createStack(props, stackName));
}
