import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORTING_EXTRACTION } from '../../../../functions/core/kinds/reporting-extraction.ts';
import { parseStatus } from '../../../../functions/core/kinds/run-body.ts';

const API = new URL('https://api.bentley.com');

function parse(status: unknown, api = API) {
  return parseStatus(REPORTING_EXTRACTION, JSON.stringify({ status }), api);
}

function unexpected(what: string) {
  const message = `The status endpoint answered 200 with ${what}.`;
  return { kind: 'Failed', error: { name: 'UnexpectedResponse', message } };
}

describe('the state', () => {
  it.each([
    ['Succeeded', 'Succeeded'],
    ['a-word_of-the-Future2', 'a-word_of-the-Future2'],
    ['Cancelled', 'Upstream:Cancelled'],
    ['succeeded', 'Succeeded'],
    ['PARTIALLYSUCCEEDED', 'PartiallySucceeded'],
    ['archived', 'archived'],
  ])('%s is stored as %s', (word, state) => {
    expect(parse({ state: word })).toEqual({ kind: 'Status', state });
  });

  it.each([undefined, null, 3, true, ['Succeeded'], { state: 'Succeeded' }])(
    'is missing when it is %j',
    (state) => expect(parse({ state })).toEqual(unexpected('no text in status.state')),
  );

  it.each(['', 'In progress', '<b>\n\u202e\ud83d', 'x'.repeat(65)])(
    'is no word when it is %j, of which nothing is repeated',
    (state) => expect(parse({ state })).toEqual(unexpected('a status.state that is no word')),
  );
});

describe('the other fields', () => {
  it.each([
    {},
    { reason: null, containsIssues: null, _links: null },
    { _links: { logs: null } },
    { _links: { logs: { href: null } } },
    { inventedLater: [{}] },
  ])('may be absent, null or unknown: %j', (fields) => {
    expect(parse({ state: 'Queued', ...fields })).toEqual({ kind: 'Status', state: 'Queued' });
  });

  it.each([
    [['reason'], { reason: 42 }],
    [['reason'], { reason: ['Completed'] }],
    [['containsIssues'], { containsIssues: 'true' }],
    [['reason', 'containsIssues'], { reason: {}, containsIssues: 0 }],
  ])('are left out where they are of another type, and said to be: %j', (leftOut, fields) => {
    const ended = { kind: 'Status', state: 'Succeeded' };
    expect(parse({ state: 'Succeeded', ...fields })).toEqual({ ...ended, leftOut });
  });

  it('are cut to what may be stored', () => {
    const seen = parse({ state: 'Failed', reason: `${'x'.repeat(1_023)}é\ud800` });
    expect(seen).toEqual({ kind: 'Status', state: 'Failed', reason: 'x'.repeat(1_023) });
  });
});

describe('the link to the logs', () => {
  function logsUrl(href: unknown, api = API) {
    const seen = parse({ state: 'Failed', _links: { logs: { href } } }, api);
    expect(seen.kind).toBe('Status');
    return 'logsUrl' in seen ? seen.logsUrl : undefined;
  }

  it.each([
    ['https://api.bentley.com/a/logs?$top=5#x', 'https://api.bentley.com/a/logs?$top=5#x'],
    ['HTTPS://API.bentley.com:443/a', 'https://api.bentley.com/a'],
    ['https:\\\\api.bentley.com\\@evil.example', 'https://api.bentley.com/@evil.example'],
    [' https://api.bentley.com/\n<b>', 'https://api.bentley.com/%3Cb%3E'],
  ])('is kept in its one spelling: %j', (href, kept) => {
    expect(logsUrl(href)).toBe(kept);
  });

  it('is kept as a URL parser spells it, and never leads elsewhere', () => {
    const segment = fc.oneof(
      fc.constantFrom('.', '..', '.a', 'a.', '%2e', '', '\\\\'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), fc.constantFrom('/', ''), (path, slash) => {
        const href = `https://api.bentley.com${slash}${path.join('/')}`;
        const kept = logsUrl(href);
        if (kept === undefined) return;
        expect(kept).toBe(new URL(href).href);
        expect(new URL(kept).host).toBe('api.bentley.com');
      }),
    );
  });

  it.each([
    'http://api.bentley.com/logs',
    'https://api.bentley.com:8443/logs',
    'https://api.bentley.com.evil.example/logs',
    'https://api.bentley.com@evil.example/logs',
    'https://user@api.bentley.com/logs',
    'https://:secret@api.bentley.com/logs',
    '//api.bentley.com/logs',
    '/logs',
    'javascript:alert(1)',
    'not a link',
    `https://api.bentley.com/${'x'.repeat(1_024)}`,
    42,
    ['https://api.bentley.com/logs'],
  ])('is dropped, and nothing else with it: %j', (href) => {
    expect(logsUrl(href)).toBeUndefined();
  });

  it('may be http where the API is', () => {
    const api = new URL('http://127.0.0.1:4000');
    expect(logsUrl('http://127.0.0.1:4000/logs', api)).toBe('http://127.0.0.1:4000/logs');
    expect(logsUrl('https://127.0.0.1:4000/logs', api)).toBe('https://127.0.0.1:4000/logs');
    expect(logsUrl('http://127.0.0.1:4001/logs', api)).toBeUndefined();
    expect(logsUrl('ftp://127.0.0.1:4000/logs', api)).toBeUndefined();
  });
});

describe('a body that is not the documented one', () => {
  it.each(['null', '42', '"Succeeded"', '[]', '{}', '{"status":null}', '{"status":[]}'])(
    'has no state: %s',
    (body) =>
      expect(parseStatus(REPORTING_EXTRACTION, body, API)).toEqual(
        unexpected('no text in status.state'),
      ),
  );

  it.each(['', '<!doctype html>\n<title>Sign in', '{"status":{"state":"Succeeded"}'])(
    'is not JSON, of which nothing is repeated: %j',
    (body) =>
      expect(parseStatus(REPORTING_EXTRACTION, body, API)).toEqual(
        unexpected('something that is not JSON'),
      ),
  );

  it.each(['['.repeat(65_536), `${'{"status":'.repeat(6_000)}1${'}'.repeat(6_000)}`])(
    'does no harm however deep it is',
    (body) =>
      expect(parseStatus(REPORTING_EXTRACTION, body, API)).toMatchObject({ kind: 'Failed' }),
  );

  it('is told in a short line of ASCII, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (body) => {
        const seen = parseStatus(REPORTING_EXTRACTION, body, API);
        if (seen.kind === 'Failed') expect(seen.error.message).toMatch(/^[ -~]{1,120}$/);
      }),
      { numRuns: 500 },
    );
  });

  it('is never the end of a job, unless it says so in so many words', () => {
    const value = fc.oneof(fc.constantFrom('Succeeded', 'Failed'), fc.jsonValue());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('state', 'status', 'reason'), value), (status) => {
        const seen = parse(status);
        if (seen.kind === 'Status') expect(seen.state).toBe(status.state);
      }),
    );
  });
});
