import { describe, expect, it } from 'vitest';
import { LIST_SOURCES } from '../../../../functions/core/imodels/imodel.ts';
import { PAGE_SIZE, parseRuns, runsUrl } from '../../../../functions/core/kinds/run-list.ts';

const API = new URL('https://api.bentley.com');
const IMODEL = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const JOB = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const STARTED = '2026-02-10T12:00:00.0000000Z';
const STARTED_AT = Date.UTC(2026, 1, 10, 12);
const GROUPING = runsUrl('grouping-and-mapping', API, IMODEL);
const REPORTING = runsUrl('reporting', API, IMODEL);

function page(extractions: unknown, next?: unknown): string {
  return JSON.stringify({ extractions, ...(next !== undefined && { _links: { next } }) });
}

/** What a Grouping and Mapping list says that has one entry. */
function read(entry: unknown) {
  return parseRuns('grouping-and-mapping', page([entry]), GROUPING)?.runs;
}

describe('the list of an iModel’s runs', () => {
  it('is where each API has it', () => {
    expect(GROUPING.href).toBe(
      `https://api.bentley.com/grouping-and-mapping/datasources/imodel-mappings/extractions?iModelId=${IMODEL}&$top=${PAGE_SIZE}`,
    );
    expect(REPORTING.href).toBe(
      `https://api.bentley.com/insights/reporting/datasources/imodels/${IMODEL}/extraction/history?$top=${PAGE_SIZE}`,
    );
  });

  it.each(LIST_SOURCES)('of %s goes on with the query that upstream gives', (source) => {
    const asked = runsUrl(source, API, IMODEL);
    const href = `${asked.origin}${asked.pathname}/?$continuationToken=abc`;
    const next = parseRuns(source, page([], { href }), asked)?.next;
    expect(next).toBe('?$continuationToken=abc');
    const following = runsUrl(source, API, IMODEL, next);
    expect(following.pathname).toBe(asked.pathname);
    expect(following.search).toBe('?$continuationToken=abc');
  });

  it('goes on with a query that is just short enough to keep', () => {
    const query = `?x=${'x'.repeat(1_997)}`;
    const body = page([], { href: `${GROUPING.origin}${GROUPING.pathname}${query}` });
    expect(parseRuns('grouping-and-mapping', body, GROUPING)?.next).toBe(query);
  });

  it.each([
    ['another host', `https://evil.example.com${GROUPING.pathname}?x=1`],
    ['another path', `${GROUPING.origin}/elsewhere?x=1`],
    ['what is no link', 7],
    ['a query that is too long to keep', `${GROUPING.href}&x=${'x'.repeat(2_000)}`],
  ])('that goes on at %s is none', (_, href) => {
    expect(parseRuns('grouping-and-mapping', page([], { href }), GROUPING)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['no JSON', '<html>'],
    ['another shape', '{"runs":[]}'],
    ['no list', page({ 0: {} })],
    ['JSON that is no object', 'null'],
  ])('is not %s', (_, body) => {
    expect(parseRuns('grouping-and-mapping', body, GROUPING)).toBeUndefined();
  });

  it('may be empty', () => {
    expect(parseRuns('reporting', page([]), REPORTING)).toEqual({ runs: [] });
    expect(parseRuns('reporting', page([], {}), REPORTING)).toEqual({ runs: [] });
  });
});

describe('an entry of a list', () => {
  it('of Grouping and Mapping has a state, which is one from a list', () => {
    const entry = { id: JOB.toUpperCase(), startedOn: STARTED, state: 'Failed' };
    expect(read(entry)).toEqual([
      {
        jobId: JOB,
        startedAt: STARTED_AT,
        status: {
          kind: 'Status',
          state: 'Failed',
          startedAt: STARTED_AT,
          isListed: true,
        },
      },
    ]);
  });

  it('of Reporting has none, whatever else it says', () => {
    const entry = { jobId: JOB, id: 'another', startedOn: STARTED, state: 'Failed' };
    const runs = [{ jobId: JOB, startedAt: STARTED_AT }];
    expect(parseRuns('reporting', page([entry]), REPORTING)).toEqual({ runs });
  });

  it('whose state cannot be read is a run all the same', () => {
    expect(read({ id: JOB, startedOn: 'soon', state: 5 })).toEqual([{ jobId: JOB }]);
  });

  it.each([[null], ['text'], [[]], [{}], [{ id: 7 }], [{ id: 'no-uuid' }], [{ jobId: JOB }]])(
    'like %j is no run, and hides no other',
    (entry) => {
      const body = page([entry, { id: JOB, state: 'Running' }]);
      expect(parseRuns('grouping-and-mapping', body, GROUPING)?.runs).toMatchObject([
        { jobId: JOB, status: { state: 'Running' } },
      ]);
    },
  );
});
