import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARBON_EC3 } from '../../../../functions/core/kinds/carbon-ec3.ts';
import { CARBON_ONE_CLICK_LCA } from '../../../../functions/core/kinds/carbon-one-click-lca.ts';
import { parseStatus } from '../../../../functions/core/kinds/run-body.ts';

const API = new URL('https://api.bentley.com');

describe.each([
  ['carbon-ec3', CARBON_EC3],
  ['carbon-one-click-lca', CARBON_ONE_CLICK_LCA],
])('a job of the kind %s', (_, kind) => {
  const parse = (job: unknown) => parseStatus(kind, JSON.stringify({ job }), API);

  it.each([
    ['Queued', 'Queued'],
    ['running', 'Running'],
    ['Succeeded', 'Succeeded'],
    ['FAILED', 'Failed'],
    ['Uploading', 'Uploading'],
    ['PartiallySucceeded', 'Upstream:PartiallySucceeded'],
    ['Aborted', 'Upstream:Aborted'],
  ])('%s is %s', (status, state) => {
    expect(parse({ status, message: null })).toEqual({ kind: 'Status', state });
  });

  it('has its message as the reason', () => {
    const message = 'Report has no elements with a material.';
    expect(parse({ status: 'Failed', message })).toEqual({
      kind: 'Status',
      state: 'Failed',
      reason: message,
    });
    expect(parse({ status: 'Failed', message: 42 })).toMatchObject({ leftOut: ['message'] });
  });

  it('gives away neither its file token nor a link to its result', () => {
    const secrets = {
      fileToken: 'a-secret',
      _links: { ec3Project: { href: 'https://x.y/z?sig=a-secret' }, report: { href: 'a-secret' } },
    };
    const message = 'Uploaded to https://x.y/file?sv=2024&sig=a-secret of the account.';
    const seen = parse({ status: 'Succeeded', message, ...secrets });
    expect(JSON.stringify(seen)).not.toContain('a-secret');
    expect(seen).toMatchObject({ reason: 'Uploaded to https://x.y/file of the account.' });
  });

  it('ends as its word says, whatever is beside it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (more) => {
        expect(parse({ ...more, status: 'Failed' })).toMatchObject({ state: 'Failed' });
      }),
    );
  });

  it.each(['{}', '{"job":null}', '{"job":{"state":"Succeeded"}}', '{"job":{"status":["Failed"]}}'])(
    'has no status in %s',
    (body) => {
      const message = 'The status endpoint answered 200 with no text in job.status.';
      expect(parseStatus(kind, body, API)).toMatchObject({ kind: 'Failed', error: { message } });
    },
  );
});
