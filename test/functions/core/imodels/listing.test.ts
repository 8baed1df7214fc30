import { describe, expect, it } from 'vitest';
import { isNew, type ListedRun } from '../../../../functions/core/imodels/found-runs.ts';
import { type IModel, newIModel } from '../../../../functions/core/imodels/imodel.ts';
import {
  addPage,
  afterListing,
  beginReading,
  type ReadingEnd,
} from '../../../../functions/core/imodels/listing.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
const WHOLE: ReadingEnd = { kind: 'Complete', isWhole: true };
const FAILED: ReadingEnd = {
  kind: 'Failed',
  trouble: { cause: 'Unreadable', message: 'The list of runs answered 500.' },
};
const WATCHED = newIModel(
  {
    iModelId: 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843',
    source: 'grouping-and-mapping',
    timeoutMinutes: 60,
    watchedBy: 'test',
  },
  NOW,
);

function run(jobId: string, startedAt: number): ListedRun {
  return { jobId, startedAt };
}

/** The iModel after a listing of one page. */
function listed(iModel: IModel, runs: readonly ListedRun[], end = WHOLE, now = NOW): IModel {
  return afterListing(iModel, addPage(beginReading(iModel), { runs }), end, now);
}

describe('a listing', () => {
  it('with a run that claims to begin in years hides none that begin before', () => {
    const after = listed(WATCHED, [run('far', NOW + 365 * DAY)]);
    expect(isNew(after, run('next', NOW + MINUTE))).toBe(true);
    expect(isNew(after, run('far', NOW + 365 * DAY))).toBe(false);
  });

  it.each<[string, IModel, ListedRun[]]>([
    ['behind a page with news', { ...WATCHED, allReadAt: NOW }, [run('new', NOW)]],
    [
      'where an earlier one stopped',
      { ...WATCHED, allReadAt: NOW, next: { query: '?2', earliest: NOW, isInOrder: true } },
      [],
    ],
  ])('that fails %s is followed by one that reads all pages', (_, before, runs) => {
    expect(listed(before, runs, FAILED)).not.toHaveProperty('allReadAt');
  });

  it('that fails at once lets the next one stop where it would have', () => {
    const before = { ...WATCHED, allReadAt: NOW };
    expect(listed(before, [], FAILED)).toMatchObject({ allReadAt: NOW });
  });

  it.each<ReadingEnd>([WHOLE, { kind: 'Unfinished' }, FAILED])(
    'knows no run that is of no account, but may be when it is watched for longer: $kind',
    (end) => {
      const early = run('early', NOW - 90 * MINUTE);
      const after = listed(WATCHED, [early], end);
      expect(isNew(after, early)).toBe(false);
      expect(isNew({ ...after, timeoutMinutes: 120 }, early)).toBe(true);
    },
  );

  it('forgets no run that does not say when it began, for as long as the list shows it', () => {
    const undated: ListedRun = { jobId: 'undated' };
    let iModel = listed(WATCHED, [undated]);
    for (let now = NOW; now < NOW + 7 * DAY; now += HOUR) {
      expect(isNew(iModel, undated)).toBe(false);
      // Until it is time for all pages, one of 100 that are known is enough.
      const page = { runs: [run(`run ${now}`, now)], next: '?2' };
      const first = addPage(beginReading(iModel), page);
      const isAll = now - (iModel.allReadAt ?? 0) >= DAY;
      const reading = isAll ? addPage(first, { runs: [undated] }) : first;
      iModel = afterListing(iModel, reading, { kind: 'Complete', isWhole: isAll }, now);
    }
  });

  it('writes nothing when all that it could do is to forget', () => {
    const before = listed(WATCHED, [run('early', NOW - 50 * MINUTE)]);
    const shorter = { ...before, timeoutMinutes: 5 };
    expect(listed(shorter, [])).toBe(shorter);
  });
});
