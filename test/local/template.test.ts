import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { synthesizeTemplate } from '../../local/template.ts';

let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'template-test-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

describe('the template of a local run', () => {
  it('has the resources of the stack, each with the path of its construct', () => {
    const resources = Object.values(synthesizeTemplate().Resources);
    expect(resources).toContainEqual(
      expect.objectContaining({
        Type: 'AWS::DynamoDB::GlobalTable',
        Metadata: { 'aws:cdk:path': 'ExtractionMonitor/JobStore/Jobs/Resource' },
      }),
    );
  });

  it('takes the settings of the stack', () => {
    const template = synthesizeTemplate({ alerts: { emails: [{ address: 'team@example.com' }] } });
    expect(Object.values(template.Resources)).toContainEqual(
      expect.objectContaining({
        Type: 'AWS::SNS::Subscription',
        Properties: expect.objectContaining({ Endpoint: 'team@example.com' }),
      }),
    );
  });

  it('leaves nothing behind on disk', () => {
    synthesizeTemplate();
    expect(readdirSync(temporary)).toEqual([]);
  });
});
