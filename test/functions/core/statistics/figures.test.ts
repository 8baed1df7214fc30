import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EndedRun,
  figuresByGroup,
  figuresOf,
  GROUPINGS,
  groupOf,
  MOST_GROUPS,
  runsIn,
  totalOf,
} from '../../../../functions/core/statistics/figures.ts';
import { countOf } from '../../../../functions/core/statistics/lengths.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';

const run: EndedRun = { jobId: 'a', state: 'Succeeded', label: 'Tower B', endedAt: 0 };

const anyRun: fc.Arbitrary<EndedRun> = fc.record(
  {
    jobId: fc.uuid(),
    state: fc.constantFrom('Succeeded', 'Failed', 'Aborted', 'TimedOut', 'Cancelled'),
    label: fc.constantFrom('Tower B', 'Tower C', '__proto__', 'constructor'),
    iModelId: fc.constantFrom('i1', 'i2'),
    containsIssues: fc.boolean(),
    runLength: fc.integer({ min: 0, max: 9 * DAY }),
  },
  { requiredKeys: ['jobId', 'state'] },
);

describe('groups of runs', () => {
  it('are by label, iModel, kind or state; runs without one are a group of their own', () => {
    const other = { ...run, kind: 'carbon-ec3', iModelId: 'i1' } as const;
    expect(GROUPINGS.map((grouping) => groupOf(run, grouping))).toEqual([
      ...['Tower B', null, 'reporting-extraction', 'Succeeded'],
    ]);
    expect(GROUPINGS.map((grouping) => groupOf(other, grouping))).toEqual([
      ...['Tower B', 'i1', 'carbon-ec3', 'Succeeded'],
    ]);
  });

  it('are named the largest first, and those beyond so many are others', () => {
    const all = figuresByGroup();
    for (const name of ['a', 'b', 'b', 'c', 'c', 'c']) all.add(name, figuresOf(run));
    const { groups, others } = all.grouped(1);
    expect(groups.map(([name, figures]) => [name, runsIn(figures)])).toEqual([['c', 3]]);
    expect(others && runsIn(others)).toBe(3);
    expect(all.grouped()).not.toHaveProperty('others');
  });

  it('are at most a thousand, each of which tells of all its runs', () => {
    const all = figuresByGroup();
    for (let n = 0; n < 3 * MOST_GROUPS; n += 1) {
      all.add(`group ${n % (MOST_GROUPS + 500)}`, figuresOf(run));
    }
    const { groups, others } = all.grouped();
    expect(groups).toHaveLength(MOST_GROUPS);
    expect(new Set(groups.map(([, figures]) => runsIn(figures)))).toEqual(new Set([2]));
    expect(others && runsIn(others)).toBe(1_000);

    const more = figuresByGroup();
    more.addAll(all.grouped());
    more.add('late', figuresOf(run));
    expect(runsIn(totalOf(more.grouped()))).toBe(3 * MOST_GROUPS + 1);
    expect(more.grouped(2 * MOST_GROUPS).groups).toHaveLength(MOST_GROUPS);
  });
});

describe('figures', () => {
  it('count what is known: issues that are certain, lengths that are known', () => {
    const all = figuresByGroup();
    all.add('a', figuresOf({ ...run, containsIssues: true, runLength: 10 * MINUTE }));
    all.add('a', figuresOf({ ...run, containsIssues: false }));
    all.add('a', figuresOf({ ...run, state: 'Failed' }));
    const total = totalOf(all.grouped());
    expect(total).toMatchObject({ states: { Succeeded: 2, Failed: 1 }, withIssues: 1 });
    expect(countOf(total.lengths)).toBe(1);
  });

  it('are the same in all however runs are grouped, and however many groups are told apart', () => {
    const property = fc.property(fc.array(anyRun), fc.nat(3), (runs, most) => {
      const totals = GROUPINGS.map((grouping) => {
        const all = figuresByGroup();
        for (const each of runs) all.add(groupOf(each, grouping), figuresOf(each));
        return totalOf(all.grouped(most));
      });
      for (const total of totals) expect(total).toEqual(totals[0]);
      expect(totals.map(runsIn)).toEqual(GROUPINGS.map(() => runs.length));
    });
    fc.assert(property);
  });
});
