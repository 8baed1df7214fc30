import { describe, expect, it } from 'vitest';
import { isNew, type ListedRun } from '../../../../functions/core/imodels/found-runs.ts';
import type { IModel } from '../../../../functions/core/imodels/imodel.ts';
import { afterListing } from '../../../../functions/core/imodels/listing.ts';
import {
  addPage,
  beginReading,
  endOfReading,
  type ReadingEnd,
} from '../../../../functions/core/imodels/reading.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { SINCE as NOW, WATCHED } from './watched.ts';

const WHOLE: ReadingEnd = { kind: 'Complete', isWhole: true };
const FAILED: ReadingEnd = {
  kind: 'Failed',
  trouble: { cause: 'Unreadable', message: 'The list of runs answered 500.' },
};

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

  it('that fails on after a clock was set back has failed since then, and not since times to come', () => {
    const ahead = listed(WATCHED, [], FAILED, NOW + 7 * DAY);
    const after = listed(ahead, [], FAILED);
    expect(after.trouble).toEqual({ ...FAILED.trouble, since: NOW });
    expect(listed(after, [], FAILED, NOW + MINUTE)).toBe(after);
  });

  it('reads all pages once a day, were all read last by a clock that was set back since', () => {
    const ahead = { ...WATCHED, allReadAt: NOW + 7 * DAY };
    const before = beginReading(ahead);
    const runs = Array.from({ length: 100 }, (_, n) => run(`${n}`, NOW - 2 * DAY));
    const after = addPage(before, { runs, next: '?2' });
    expect(endOfReading(ahead, before, after, NOW)).toBeUndefined();
    expect(listed(ahead, runs)).toMatchObject({ allReadAt: NOW });
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

  it('tells that there are runs where none says when it began', () => {
    const undated: ListedRun = { jobId: 'undated' };
    const after = listed(WATCHED, [undated]);
    expect(after).toMatchObject({ hasUndated: true });
    expect(after).not.toHaveProperty('newestAt');
    expect(listed(after, [undated])).toBe(after);
    // One of a version that did not tell is told of by the next listing.
    expect(listed(omit(after, 'hasUndated'), [undated])).toMatchObject({ hasUndated: true });
    for (const runs of [[], [undated, run('dated', NOW)]])
      expect(listed(WATCHED, runs)).not.toHaveProperty('hasUndated');
  });

  it('writes nothing when all that it could do is to forget', () => {
    const before = listed(WATCHED, [run('early', NOW - 50 * MINUTE)]);
    const shorter = { ...before, timeoutMinutes: 5 };
    expect(listed(shorter, [])).toBe(shorter);
  });

  it('of all pages puts on record what it found, and when', () => {
    const runs = [run('second', NOW - MINUTE), run('first', NOW - 2 * MINUTE)];
    const known = { second: NOW - MINUTE, first: NOW - 2 * MINUTE };
    const after = listed(WATCHED, runs);
    expect(after).toEqual({
      ...WATCHED,
      ...{ known, newestAt: NOW - MINUTE, allReadAt: NOW, version: 2 },
    });
    expect(listed(after, runs, WHOLE, NOW + DAY - 1)).toBe(after);
    expect(listed(after, runs, WHOLE, NOW + DAY)).toMatchObject({ allReadAt: NOW + DAY });
    const ahead = { ...after, allReadAt: NOW + 7 * DAY };
    expect(listed(ahead, runs, WHOLE)).toMatchObject({ allReadAt: NOW });
    const late = listed(after, [run('late', NOW - 3 * MINUTE)]);
    expect(late.known).toEqual({ ...known, late: NOW - 3 * MINUTE });
  });

  it('of some pages does not say that all were read', () => {
    expect(listed(WATCHED, [], { kind: 'Complete', isWhole: false })).toBe(WATCHED);
  });

  it('that fails keeps what it found, and since when it fails', () => {
    const after = listed(WATCHED, [run('first', NOW)], FAILED);
    const trouble = { cause: 'Unreadable', message: 'The list of runs answered 500.', since: NOW };
    expect(after).toEqual({ ...WATCHED, known: { first: NOW }, trouble, version: 2 });
    expect(listed(after, [], FAILED, NOW + HOUR)).toBe(after);
    const gone = { cause: 'NotFound', message: 'It is not there.' } as const;
    const other = listed(after, [], { kind: 'Failed', trouble: gone }, NOW + HOUR);
    expect(other.trouble).toEqual({ ...gone, since: NOW });
    expect(listed(other, [], WHOLE, NOW + HOUR)).not.toHaveProperty('trouble');
  });

  it('that is not finished goes on where it stopped', () => {
    const page = { runs: [run('first', NOW)], next: '?2' };
    const reading = addPage(beginReading(WATCHED), page);
    const after = afterListing(WATCHED, reading, { kind: 'Unfinished' }, NOW);
    const next = { query: '?2', earliest: NOW, isInOrder: true };
    expect(after).toEqual({ ...WATCHED, known: { first: NOW }, next, version: 2 });
    expect(listed(after, [])).not.toHaveProperty('next');
    const place = { ...reading, next: '?3' };
    expect(afterListing(after, place, { kind: 'Unfinished' }, NOW).next?.query).toBe('?3');
  });

  it('of more runs than can be followed fails', () => {
    const of = (count: number) =>
      listed(
        WATCHED,
        Array.from({ length: count }, (_, n) => run(`run ${n}`, NOW - n)),
        { kind: 'Unfinished' },
      );
    expect(of(2_000)).not.toHaveProperty('trouble');
    const tooMany = of(2_001);
    expect(tooMany.trouble).toEqual({
      cause: 'Unreadable',
      message: 'The list has more runs than can be followed.',
      since: NOW,
    });
    expect(Object.keys(tooMany.known ?? {})).toHaveLength(500);
  });

  it('of more than 500 runs keeps the newest, and none before them is of account', () => {
    const runs = Array.from({ length: 502 }, (_, n) => run(`run ${n}`, NOW - n));
    const after = listed(WATCHED, runs);
    expect(after.known).toEqual(
      Object.fromEntries(runs.slice(0, 500).map((each) => [each.jobId, each.startedAt])),
    );
    expect(after.floor).toBe(NOW - 499);
    expect(isNew(after, run('another', NOW - 499))).toBe(true);
    expect(listed(WATCHED, runs.slice(0, 500))).not.toHaveProperty('floor');
  });

  it.each([
    ['do not say when they began', undefined],
    ['claim to begin in years', NOW + 365 * DAY],
  ])('of more than 500 runs that %s hides none that begins', (_, startedAt) => {
    const runs = Array.from({ length: 502 }, (_each, n): ListedRun => {
      return { jobId: `run ${n}`, ...(startedAt !== undefined && { startedAt }) };
    });
    const after = listed(WATCHED, [...runs, run('dated', NOW)]);
    expect(after.floor).toBe(NOW + 1);
    expect(isNew(after, run('next', NOW + MINUTE))).toBe(true);
    expect(listed(WATCHED, runs)).toMatchObject({ floor: 0 });
  });

  it('forgets what began a day before the newest', () => {
    const [old, kept] = [run('old', NOW), run('kept', NOW + 1)];
    const after = listed(
      listed(WATCHED, [old, kept]),
      [run('newest', NOW + DAY + 1)],
      WHOLE,
      NOW + DAY,
    );
    expect(Object.keys(after.known ?? {})).toEqual(['newest', 'kept']);
  });

  it('tells that the list is not newest first, until one of all pages is', () => {
    const [late, early] = [run('late', NOW), run('early', NOW - 2 * HOUR)];
    const after = listed(WATCHED, [early, late]);
    expect(after).toMatchObject({ isUnordered: true });
    const some: ReadingEnd = { kind: 'Complete', isWhole: false };
    expect(listed(after, [late, early], some)).toBe(after);
    expect(listed(after, [late, early])).not.toHaveProperty('isUnordered');
  });
});
