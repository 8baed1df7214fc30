import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { BundledFunction } from '../../lib/bundled-function.ts';

/** The functions, for each of them only the SDK clients that it needs, and what might be added. */
const ENTRIES = {
  api: 'functions/api/handler.ts',
  apiClients: 'bench/bundles/api-clients.ts',
  monitor: 'functions/monitor/handler.ts',
  monitorClients: 'bench/bundles/monitor-clients.ts',
  httpClient: 'bench/bundles/http-client.ts',
};

/** What is bundled. */
export type BundleName = keyof typeof ENTRIES;

/** Bundles as a deployment would upload them. */
export interface Bundles<Name extends BundleName = BundleName> {
  /** The file that Lambda would load. */
  readonly files: Readonly<Record<Name, URL>>;
  remove(): void;
}

/** Bundles what is named, by the very construct that the stack uses. */
export function bundle<Name extends BundleName>(...names: readonly Name[]): Bundles<Name> {
  const outdir = mkdtempSync(join(tmpdir(), 'bundles-'));
  const context = { 'aws:cdk:enable-asset-metadata': true };
  const stack = new Stack(new App({ outdir, context }), 'Bundles');

  function fileOf(name: Name): URL {
    const { node } = new BundledFunction(stack, name, {
      entry: ENTRIES[name],
      description: name,
      memorySize: 512,
      timeout: Duration.minutes(1),
      environment: {},
    });
    const asset = (node.defaultChild as CfnFunction).getMetadata('aws:asset:path');
    return new URL(`file://${join(outdir, asset, 'index.mjs')}`);
  }

  return {
    files: Object.fromEntries(names.map((name) => [name, fileOf(name)])) as Record<Name, URL>,
    remove: () => rmSync(outdir, { recursive: true }),
  };
}
