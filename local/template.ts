import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, App } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import {
  ExtractionMonitorStack,
  type ExtractionMonitorStackProps,
} from '../lib/extraction-monitor-stack.ts';
import type { Subscription } from './sns/subscription-actions.ts';

/** A resource of a CloudFormation template. */
export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as a local run reads it: resources by logical id. */
export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
}

/**
 * The template that a deployment would use, made in this process: nothing is bundled, and nothing
 * is left on disk. Resources carry their construct path as metadata (`aws:cdk:path`).
 */
export function synthesizeTemplate(props?: ExtractionMonitorStackProps): CloudFormationTemplate {
  const outdir = mkdtempSync(join(tmpdir(), 'extraction-monitor-'));
  try {
    const app = new App({
      outdir,
      // A deployment's synthesis validates; here it would take longer than all the rest.
      builtinCloudFormationValidation: false,
      context: {
        ...cdk.context,
        'aws:cdk:bundling-stacks': [],
        'aws:cdk:enable-path-metadata': true,
      },
    });
    const stack = new ExtractionMonitorStack(app, 'ExtractionMonitor', props);
    // Whom a local run tells, its own settings say.
    for (const warning of ['no-receiver', 'no-operator']) {
      Annotations.of(stack).acknowledgeWarning(`extraction-monitor:${warning}`);
    }
    return app.synth().getStackArtifact(stack.artifactId).template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The subscriptions that the stack makes, with their filter policies, as its template has them. */
export function subscriptionsOf({ Resources }: CloudFormationTemplate): Subscription[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::SNS::Subscription')
    .map(({ Properties = {} }) => ({
      protocol: String(Properties.Protocol),
      endpoint: String(Properties.Endpoint),
      ...(isPolicy(Properties.FilterPolicy) && { filterPolicy: Properties.FilterPolicy }),
    }));
}

/** The routes that the stack makes, as in `POST /jobs/batch`. */
export function routeKeysOf({ Resources }: CloudFormationTemplate): string[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties = {} }) => String(Properties.RouteKey));
}

function isPolicy(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
