import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EndedRun,
  GROUPINGS,
  runsIn,
  totalOf,
} from '../../../../functions/core/statistics/figures.ts';
import {
  isCounted,
  isPartlyForgotten,
  isWholeMonth,
  monthSpans,
  uncounted,
  withRuns,
} from '../../../../functions/core/statistics/months.ts';
import { DAY, monthOf } from '../../../../functions/core/time.ts';

const at = (text: string) => Date.parse(`${text}Z`);

describe('a span of time as months', () => {
  it('is cut where months begin, the 29th of February included', () => {
    const spans = monthSpans(at('2028-01-31T12:00'), at('2028-03-01T00:00'));
    expect(spans).toEqual([
      { month: '2028-01', from: at('2028-01-31T12:00'), before: at('2028-02-01T00:00') },
      { month: '2028-02', from: at('2028-02-01T00:00'), before: at('2028-03-01T00:00') },
    ]);
    expect(spans.map(isWholeMonth)).toEqual([false, true]);
    const leapDay = at('2028-02-29T23:59:59.999');
    expect(monthSpans(leapDay, leapDay + 1)).toMatchObject([{ month: '2028-02' }]);
  });

  it('covers it all and nothing twice, whatever clocks do: months are those of UTC', () => {
    const time = fc.date({ min: new Date('1990'), max: new Date('2100'), noInvalidDate: true });
    const property = fc.property(time, fc.nat(800 * DAY), (from, length) => {
      const spans = monthSpans(from.getTime(), from.getTime() + length);
      for (const [i, { month, from: start, before }] of spans.entries()) {
        expect(start).toBe(spans[i - 1]?.before ?? from.getTime());
        expect([monthOf(start), monthOf(before - 1)]).toEqual([month, month]);
      }
      expect(spans.at(-1)?.before ?? from.getTime()).toBe(from.getTime() + length);
    });
    fc.assert(property);
  });

  it('tells of part of a month only while its jobs are on record', () => {
    const [january] = monthSpans(at('2026-01-01T00:00'), at('2026-02-01T00:00'));
    const [part] = monthSpans(at('2026-01-02T00:00'), at('2026-02-01T00:00'));
    const isForgotten = (now: string) =>
      [january, part].map((span) => span && isPartlyForgotten(span, at(now)));
    expect(isForgotten('2026-04-02T00:00')).toEqual([false, false]);
    expect(isForgotten('2026-04-02T00:01')).toEqual([false, true]);
  });
});

describe('the figures of a month', () => {
  it('are the same whether its runs are counted at once or page by page', () => {
    const runs: EndedRun[] = Array.from({ length: 30 }, (_, n) => ({
      jobId: `run-${n}`,
      state: n % 3 === 0 ? 'Failed' : 'Succeeded',
      label: `Tower ${n % 4}`,
      ...(n % 2 === 0 && { iModelId: 'i1', runLength: n * 60_000 }),
    }));
    const atOnce = withRuns(uncounted('2026-01'), runs, undefined);
    const begun = withRuns(uncounted('2026-01'), runs.slice(0, 10), 'key 9');
    const paged = withRuns(begun, runs.slice(10), undefined);
    expect(begun).toMatchObject({ after: 'key 9', version: 1 });
    expect(paged).toEqual({ ...atOnce, version: 2 });
    for (const grouping of GROUPINGS) expect(runsIn(totalOf(paged.by[grouping]))).toBe(30);
  });
});

it('a month is counted once all its runs are in its figures', () => {
  const none = uncounted('2026-02');
  const begun = withRuns(none, [], 'the last key so far');
  expect([none, begun, withRuns(begun, [], undefined)].map(isCounted)).toEqual([
    false,
    false,
    true,
  ]);
});
