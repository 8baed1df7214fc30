import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import cdk from '../../../cdk.json' with { type: 'json' };
import {
  ExtractionMonitorStack,
  type ExtractionMonitorStackProps,
} from '../../../lib/extraction-monitor-stack.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { idOf, propertiesOf } from './template-resources.ts';

/** A folder with what a deployment would upload. */
export interface Assembly {
  /** The template of the stack with an id. */
  template(stackId: string): CloudFormationTemplate;
  /** The file that Lambda would load for the function at a path in the template. */
  entry(template: CloudFormationTemplate, path: string): URL;
  remove(): void;
}

/** Synthesizes stacks, functions and all, as `cdk synth` does. */
export function synthesize(
  stacks: Readonly<Record<string, ExtractionMonitorStackProps>>,
): Assembly {
  const outdir = mkdtempSync(join(tmpdir(), 'bundled-stacks-'));
  const context = { ...cdk.context, 'aws:cdk:enable-path-metadata': true };
  const app = new App({ outdir, context });
  for (const [id, props] of Object.entries(stacks)) new ExtractionMonitorStack(app, id, props);
  const assembly = app.synth();
  return {
    template: (stackId) => assembly.getStackByName(stackId).template,
    entry(template, path) {
      const { Code, Handler } = propertiesOf<Code>(template, idOf(template, path));
      const file = Handler.replace(/\.handler$/, '.mjs');
      return pathToFileURL(join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, file));
    },
    remove: () => rmSync(outdir, { recursive: true }),
  };
}

interface Code {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
}
