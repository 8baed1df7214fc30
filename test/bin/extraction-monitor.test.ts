import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const APP = fileURLToPath(new URL('../../bin/extraction-monitor.ts', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extraction-monitor-bin-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the app as the CDK does, bundling aside, with what is in the context. */
function synthesize(context: Readonly<Record<string, unknown>>) {
  const outdir = mkdtempSync(join(folder, 'cdk-'));
  const { status, stderr } = spawnSync(process.execPath, [APP], {
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:bundling-stacks': [] }),
    },
  });
  const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  return { status, stderr: stderr.toString(), read };
}

/** A synthesis takes seconds, and more of them on a busy machine. */
describe('a deployment', { timeout: 120_000 }, () => {
  it('is what its file says: its name, its tags, its protection', () => {
    const settings = join(folder, 'prod.json');
    const content = { stackName: 'Prod', tags: { team: 'bridges' }, emails: ['a@example.com'] };
    writeFileSync(settings, JSON.stringify(content));
    const { status, read } = synthesize({ settings });
    expect(status).toBe(0);
    expect(read('manifest.json').artifacts.Prod.properties).toMatchObject({
      terminationProtection: true,
      tags: { team: 'bridges' },
    });
    expect(JSON.stringify(read('Prod.template.json'))).toContain('"Endpoint":"a@example.com"');
    expect(JSON.stringify(read('Prod.metadata.json'))).not.toContain('default-name');
  });

  it('is warned when a deployment without its file would be of the same stack', () => {
    const settings = join(folder, 'nameless.json');
    writeFileSync(settings, '{"emails": ["a@example.com"]}');
    const { read } = synthesize({ settings });
    expect(JSON.stringify(read('ExtractionMonitor.metadata.json'))).toContain('default-name');
  });

  it('does not come about with a setting that is wrong, and the sentence says what to write', () => {
    const { status, stderr } = synthesize({ ephemeral: 'true' });
    expect(status).toBe(1);
    expect(stderr).toContain('Write a stackName of its own.');
  });
});
