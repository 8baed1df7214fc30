import { describe, expect, it } from 'vitest';
import type { ListedRun } from '../../../../functions/core/imodels/found-runs.ts';
import type { IModel } from '../../../../functions/core/imodels/imodel.ts';
import {
  addPage,
  beginReading,
  endAtLimit,
  endOfReading,
} from '../../../../functions/core/imodels/reading.ts';
import { PAGE_SIZE, type RunsPage } from '../../../../functions/core/kinds/run-list.ts';
import { DAY, HOUR } from '../../../../functions/core/time.ts';
import { SINCE as NOW, WATCHED } from './watched.ts';

/** All its pages were read some hours ago. */
const READ: IModel = { ...WATCHED, allReadAt: NOW - 10 * HOUR };
const BEGIN = beginReading(WATCHED);
const ENDLESS = {
  kind: 'Failed',
  trouble: { cause: 'Unreadable', message: 'The list of runs does not come to an end.' },
};

/** So many runs, newest first, of which the first began so long ago (ms). */
function runs(count: number, ago = 0): ListedRun[] {
  return Array.from({ length: count }, (_, n) => ({
    jobId: `${ago + n}`,
    startedAt: NOW - ago - n,
  }));
}

/** The iModel, which knows these. */
function knowing(iModel: IModel, known: readonly ListedRun[]): IModel {
  return {
    ...iModel,
    known: Object.fromEntries(known.map(({ jobId, startedAt = 0 }) => [jobId, startedAt])),
  };
}

/** How it ends with these pages, the last of which is the one that is asked about. */
function endWith(iModel: IModel, ...pages: readonly RunsPage[]) {
  const before = pages.slice(0, -1).reduce(addPage, BEGIN);
  return endOfReading(iModel, before, pages.reduce(addPage, BEGIN), NOW);
}

describe('reading a list', () => {
  const known = runs(PAGE_SIZE);

  it('ends with its last page', () => {
    expect(endWith(WATCHED, { runs: known })).toEqual({ kind: 'Complete', isWhole: true });
    expect(endWith(WATCHED, { runs: [] })).toEqual({ kind: 'Complete', isWhole: true });
  });

  it('goes on behind a page with news, and ends with one without', () => {
    const first = { runs: runs(PAGE_SIZE), next: '?2' };
    const second = { runs: runs(2, PAGE_SIZE), next: '?3' };
    expect(endWith(READ, first)).toBeUndefined();
    expect(endWith(knowing(READ, known.slice(1)), first)).toBeUndefined();
    const enough = { kind: 'Complete', isWhole: false };
    expect(endWith(knowing(READ, known), first)).toEqual(enough);
    expect(endWith(READ, first, second)).toBeUndefined();
    expect(endWith(knowing(READ, second.runs), first, second)).toEqual(enough);
  });

  it('goes on while it has seen less than a page of what is known', () => {
    const few = { runs: known.slice(1), next: '?2' };
    expect(endWith(knowing(READ, known), few)).toBeUndefined();
  });

  it.each<[string, IModel, number]>([
    ['whose pages were all read a day ago', { ...READ, allReadAt: NOW - DAY }, 0],
    ['whose pages were never all read', WATCHED, 0],
    [
      'whose pages were all read by a clock set back since',
      { ...READ, allReadAt: NOW + 7 * DAY },
      0,
    ],
    ['that is not newest first', { ...READ, isUnordered: true }, 0],
    ['that shows a run more than an hour after an earlier one', READ, -HOUR - 1],
  ])('goes on to the end of one %s', (_, iModel, ago) => {
    const last = runs(1, ago);
    const page = { runs: [...known.slice(0, 1), ...last, ...known.slice(1)], next: '?2' };
    const all = knowing(iModel, [...known, ...last]);
    expect(endWith(all, page)).toBeUndefined();
  });

  it('takes what is an hour out of its place for one that is newest first', () => {
    const last = runs(1, -HOUR);
    const page = { runs: [...known.slice(0, 1), ...last, ...known.slice(1)], next: '?2' };
    expect(endWith(knowing(READ, [...known, ...last]), page)).toMatchObject({ isWhole: false });
  });

  it('that shows nothing but what it has shown goes in circles', () => {
    const page = { runs: runs(3), next: '?2' };
    expect(endWith(WATCHED, page, page)).toEqual(ENDLESS);
    const empty = { runs: [], next: '?2' };
    expect(endWith(WATCHED, empty)).toBeUndefined();
    expect(endWith(WATCHED, empty, empty)).toBeUndefined();
  });

  it('goes on behind a page without a run, be it behind others', () => {
    const first = { runs: known, next: '?2' };
    const empty = { runs: [], next: '?3' };
    expect(endWith(READ, first, empty)).toBeUndefined();
    expect(endWith(knowing(READ, known.slice(1)), first, empty, empty)).toBeUndefined();
  });

  it('ends after many pages, to be gone on with if they have shown runs', () => {
    expect(endAtLimit(addPage(BEGIN, { runs: runs(1), next: '?2' }))).toEqual({
      kind: 'Unfinished',
    });
    expect(endAtLimit(addPage(BEGIN, { runs: [], next: '?2' }))).toEqual(ENDLESS);
  });

  it('goes on where the last has stopped, by the order that it has seen', () => {
    const next = { query: '?7', earliest: NOW - DAY, isInOrder: true };
    const reading = beginReading({ next });
    expect(reading).toEqual({ runs: new Map(), next: '?7', earliest: NOW - DAY, isInOrder: true });
    expect(addPage(reading, { runs: runs(1) })).toMatchObject({ isInOrder: false });
    expect(beginReading({ next: { ...next, isInOrder: false } })).toMatchObject({
      isInOrder: false,
    });
    expect(beginReading({}).next).toBeUndefined();
  });

  it('keeps the end of a run that is listed twice, whichever comes first', () => {
    const of = (state: string): ListedRun => ({ jobId: 'a', status: { kind: 'Status', state } });
    const seen = (...twice: ListedRun[]) => addPage(BEGIN, { runs: twice }).runs.get('a')?.status;
    expect(seen(of('Failed'), of('Running'))).toMatchObject({ state: 'Failed' });
    expect(seen(of('Running'), of('Failed'))).toMatchObject({ state: 'Failed' });
    expect(seen(of('Queued'), of('Running'))).toMatchObject({ state: 'Running' });
  });

  it('knows when the earliest of all pages began', () => {
    const pages = [{ runs: runs(2) }, { runs: [{ jobId: 'undated' }, ...runs(1, DAY)] }];
    expect(pages.reduce(addPage, BEGIN)).toMatchObject({ earliest: NOW - DAY, isInOrder: true });
  });
});
