import { describe, expect, it } from 'vitest';
import {
  changed,
  declaredIModel,
  type IModel,
  iModelKey,
  newIModel,
  troubleAt,
  watchedIModel,
} from '../../../../functions/core/imodels/imodel.ts';
import { placeOf } from '../../../../functions/core/jobs/job.ts';
import { DAY } from '../../../../functions/core/time.ts';
import { SINCE as NOW, SETTINGS, WATCHED } from './watched.ts';

const { iModelId } = SETTINGS;
/** With all that listings have found out. */
const LISTED: IModel = {
  ...WATCHED,
  version: 7,
  known: { 'a-run': NOW },
  newestAt: NOW,
  floor: NOW,
  next: { query: '?2', earliest: NOW, isInOrder: true },
  allReadAt: NOW,
  isUnordered: true,
};

describe('a new watch', () => {
  it('begins now', () => {
    expect(WATCHED).toEqual({ ...SETTINGS, since: NOW, version: 1 });
  });

  it.each([
    [1, 1],
    [59, 59],
    [60, undefined],
    [0, undefined],
  ])('with a reminder after %i of 60 min has one after %s', (remindAfterMinutes, kept) => {
    const iModel = newIModel({ ...SETTINGS, remindAfterMinutes }, NOW);
    expect(iModel).toEqual({ ...WATCHED, ...(kept && { remindAfterMinutes: kept }) });
  });

  it('that the settings of a deployment declare is of a day a run, with the reminder that is usual there', () => {
    const declared = {
      ...WATCHED,
      timeoutMinutes: 1_440,
      watchedBy: 'the settings of the deployment',
    };
    expect(declaredIModel(iModelId, 0, NOW)).toEqual(declared);
    expect(declaredIModel(iModelId, 120, NOW)).toEqual({ ...declared, remindAfterMinutes: 120 });
  });
});

describe('a watch that somebody sets anew', () => {
  it('is the same object if nothing is other than it was', () => {
    expect(changed(LISTED, { ...WATCHED, since: NOW + DAY, watchedBy: 'another' })).toBe(LISTED);
  });

  it.each([
    { label: 'Bridge' },
    { timeoutMinutes: 90 },
    { remindAfterMinutes: 10 },
    { unusuallyLong: false },
  ] as const)('has %o and all that is known of it', (setting) => {
    const after = changed(LISTED, { ...WATCHED, ...setting, since: NOW + DAY });
    expect(after).toEqual({ ...LISTED, ...setting, version: 8 });
    expect(changed(after, WATCHED)).toEqual({ ...LISTED, version: 9 });
  });

  it('begins anew with another source', () => {
    const wanted: IModel = { ...WATCHED, source: 'reporting', since: NOW + DAY };
    expect(changed(LISTED, wanted)).toEqual({ ...wanted, version: 8 });
  });
});

describe('what is wrong with the lists of an iModel', () => {
  it('is nothing, if it has shown a run', () => {
    expect(troubleAt(LISTED, NOW + 10 * DAY)).toBeUndefined();
    expect(troubleAt({ ...WATCHED, hasUndated: true }, NOW + 10 * DAY)).toBeUndefined();
  });

  it('is that it shows no run for a day', () => {
    expect(troubleAt(WATCHED, NOW + DAY - 1)).toBeUndefined();
    expect(troubleAt(WATCHED, NOW + DAY)).toMatchObject({ since: NOW + DAY, cause: 'NoRuns' });
    expect(troubleAt(WATCHED, NOW + 9 * DAY)?.since).toBe(NOW + DAY);
  });

  it('is first of all what they answer', () => {
    const trouble = { since: NOW, cause: 'NotFound', message: 'It is not there.' } as const;
    expect(troubleAt({ ...WATCHED, trouble }, NOW + DAY)).toBe(trouble);
  });
});

it('an index has all but what only a listing needs', () => {
  const { known: _, floor: __, next: ___, allReadAt: ____, ...rest } = LISTED;
  expect(watchedIModel(LISTED)).toEqual(rest);
});

it('an iModel comes right before its jobs, and its key is no job’s', () => {
  const places = ['0', 'a', 'Z-9'].map((jobId) => placeOf({ iModelId, jobId }));
  const place = placeOf({ iModelId });
  expect(place).toBe(`${iModelId}#`);
  expect([...places, place].toSorted()[0]).toBe(place);
  expect(iModelKey(iModelId)).toBe(`imodel#${iModelId}`);
});
