import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import {
  ExtractionMonitorStack,
  type ExtractionMonitorStackProps,
} from '../lib/extraction-monitor-stack.ts';
import type { Template } from './template.ts';

/** A folder with what a deployment would upload. */
export interface Assembly {
  /** The template of the stack with an id. */
  template(stackId: string): Template;
  /** The file that Lambda would load for the function with a logical id. */
  entry(template: Template, logicalId: string): URL;
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
    entry({ Resources }, logicalId) {
      const { Properties } = Resources[logicalId] as unknown as Bundled;
      const folder = `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`;
      return pathToFileURL(join(outdir, folder, Properties.Handler.replace(/\.handler$/, '.mjs')));
    },
    remove: () => rmSync(outdir, { recursive: true }),
  };
}

interface Bundled {
  readonly Properties: { readonly Code: { readonly S3Key: string }; readonly Handler: string };
}
