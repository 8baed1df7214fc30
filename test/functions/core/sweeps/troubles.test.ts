import { describe, expect, it } from 'vitest';
import { noticeMessage } from '../../../../functions/core/alerts/notice.ts';
import { type Checkpoint, firstCheckpoint } from '../../../../functions/core/sweeps/checkpoint.ts';
import {
  type Met,
  owedNotices,
  type TroubleName,
  troublesAfter,
  withTold,
} from '../../../../functions/core/sweeps/troubles.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';

const BEGIN = Date.UTC(2026, 1, 10);
/** Somebody of upstream has given no answer of use since then. */
const failingSince = (since: number) => ({ failing: { reporting: { since, at: since } } });
const WELL: Met = { oldestOwed: 0, errors: 0, iModelsInTrouble: 0 };
const BAD: Met = { ...WELL, errors: 1 };

/** Sweeps once a minute; what each meets is given. @returns the ids told, each with its minute */
function sweeps(met: readonly Met[], change: Partial<Checkpoint> = {}, accepts = () => true) {
  const told: [number, string][] = [];
  let found: Checkpoint = { ...firstCheckpoint(BEGIN, 60), ...change };
  for (const [minute, each] of met.entries()) {
    const now = BEGIN + minute * MINUTE;
    let { troubles = {} } = found;
    for (const notice of owedNotices(found)) {
      if (!accepts()) continue;
      told.push([minute, notice.id]);
      troubles = withTold(troubles, notice);
    }
    found = {
      ...found,
      lastSweepAt: now,
      troubles: troublesAfter(troubles, { ...found, ...each }, now, owedNotices(found)),
    };
  }
  return { told, found };
}

const times = (count: number, met: Met): Met[] => Array(count).fill(met);

describe('a trouble', () => {
  it('is told once it has lasted for its time, and again when it has been over for 5 min', () => {
    const { told, found } = sweeps([...times(40, BAD), ...times(20, WELL)]);
    expect(told).toEqual([
      [16, `SweepErrors/${BEGIN}/began`],
      [45, `SweepErrors/${BEGIN}/over`],
    ]);
    expect(found.troubles).toStrictEqual({});
  });

  it('that is over before its time is told to nobody, however long ago that was', () => {
    expect(sweeps([...times(15, BAD), ...times(60, WELL)]).told).toEqual([]);
  });

  it('that comes and goes is one', () => {
    const flapping = Array.from({ length: 60 }, (_, minute) => (minute % 4 === 0 ? BAD : WELL));
    expect(sweeps(flapping).told).toEqual([[17, `SweepErrors/${BEGIN}/began`]]);
  });

  it('that began anew since, by the record, is another one', () => {
    const minute = (n: number) => BEGIN + n * MINUTE;
    const first = troublesAfter({}, { ...WELL, contact: failingSince(BEGIN) }, BEGIN);
    const met = { ...WELL, contact: failingSince(minute(4)) };
    expect(troublesAfter(first, met, minute(4))).toMatchObject({
      UpstreamDown: { since: minute(4), seenAt: minute(4) },
    });
  });

  it('that began by a clock that was set back since is told in its time', () => {
    const since = BEGIN + 180 * MINUTE;
    const ahead = { SweepErrors: { since, seenAt: since, cause: 'SweepErrors' } } as const;
    expect(sweeps(times(20, BAD), { troubles: ahead }).told).toEqual([
      [16, `SweepErrors/${BEGIN}/began`],
    ]);
  });

  it('that was met by a clock that was set back since is over in its time', () => {
    const ahead = BEGIN + 7 * 24 * HOUR;
    const told = {
      since: BEGIN - HOUR,
      seenAt: ahead,
      cause: 'SweepErrors',
      isTold: true,
    } as const;
    const id = `SweepErrors/${told.since}/over`;
    expect(sweeps(times(20, WELL), { troubles: { SweepErrors: told } }).told).toEqual([[6, id]]);
  });

  it('that was long over is another one when it comes back', () => {
    const first = troublesAfter({}, BAD, BEGIN);
    const again = BEGIN + 6 * MINUTE;
    expect(troublesAfter(first, BAD, again)).toMatchObject({ SweepErrors: { since: again } });
  });

  it('that a later version left, rolled back since, silences no other', () => {
    const since = BEGIN - 60 * MINUTE;
    const told = { since, seenAt: BEGIN - 20 * MINUTE, isTold: true };
    const left = {
      OfLater: { ...told, cause: 'OfLater' },
      SweepErrors: { since, seenAt: BEGIN, cause: 'AlsoOfLater' },
    } as unknown as NonNullable<Checkpoint['troubles']>;
    const { found } = sweeps([], { troubles: left, lastSweepAt: BEGIN });
    const notices = owedNotices(found);
    expect(notices).toMatchObject([{ name: 'SweepErrors', phase: 'Began', cause: 'SweepErrors' }]);
    expect(notices.map((notice) => noticeMessage(notice).subject)).toHaveLength(1);
    expect(troublesAfter(left, WELL, BEGIN)).not.toHaveProperty('OfLater');
  });

  it('that only some sweeps can meet with is not over before two hours', () => {
    const now = BEGIN + 30 * MINUTE;
    const met = troublesAfter({}, { ...WELL, iModelsInTrouble: 1 }, BEGIN);
    expect(troublesAfter(met, WELL, now)).toEqual(met);
    expect(troublesAfter(met, WELL, BEGIN + 120 * MINUTE)).toStrictEqual({});
  });

  it('that comes back after its end was told is another', () => {
    const { told } = sweeps([...times(20, BAD), ...times(10, WELL), ...times(20, BAD)]);
    expect(told.map(([, id]) => id)).toEqual([
      `SweepErrors/${BEGIN}/began`,
      `SweepErrors/${BEGIN}/over`,
      `SweepErrors/${BEGIN + 30 * MINUTE}/began`,
    ]);
  });

  it('is owed until it is taken, be it over by then: its answer may have been lost', () => {
    let tries = 0;
    const late = sweeps(times(30, BAD), {}, () => ++tries > 5);
    expect(late.told).toEqual([[21, `SweepErrors/${BEGIN}/began`]]);
    let others = 0;
    const { told } = sweeps([...times(20, BAD), ...times(30, WELL)], {}, () => ++others > 15);
    expect(told).toEqual([
      [31, `SweepErrors/${BEGIN}/began`],
      [32, `SweepErrors/${BEGIN}/over`],
    ]);
  });

  it('is told anew when it comes back while nobody knows whether its end was told', () => {
    const met = [...times(20, BAD), ...times(5, WELL), ...times(20, BAD)];
    let tries = 0;
    // The second, of its end, is taken, or is not: the answer is lost.
    const { told } = sweeps(met, {}, () => ++tries !== 2);
    expect(told.map(([, id]) => id)).toEqual([
      `SweepErrors/${BEGIN}/began`,
      `SweepErrors/${BEGIN + 25 * MINUTE}/began`,
    ]);
  });

  it('goes on as it is while the end of another is told', () => {
    const both = { ...BAD, iModelsInTrouble: 1 };
    const met = [...times(20, both), ...times(30, { ...WELL, iModelsInTrouble: 1 })];
    const { told, found } = sweeps(met, {}, () => true);
    expect(told.map(([, id]) => id)).toEqual([
      `IModelsUnread/${BEGIN}/began`,
      `SweepErrors/${BEGIN}/began`,
      `SweepErrors/${BEGIN}/over`,
    ]);
    expect(found.troubles).toMatchObject({ IModelsUnread: { since: BEGIN, isTold: true } });
  });

  it('that came back by the time its beginning could be told is still the same', () => {
    const met = [...times(20, BAD), ...times(11, WELL), ...times(10, BAD), ...times(10, WELL)];
    let tries = 0;
    const { told } = sweeps(met, {}, () => ++tries > 15);
    expect(told).toEqual([
      [31, `SweepErrors/${BEGIN}/began`],
      [46, `SweepErrors/${BEGIN}/over`],
    ]);
  });

  it.each([
    ['only checks meet with goes on, if it was told', 'ChecksLate', true, 9],
    ['only checks meet with goes on, if it was told', 'IModelsUnread', true, 9],
    ['only checks meet with goes on, if it was told', 'UpstreamFault', true, 9],
    ['only checks meet with is forgotten, if it was not told', 'ChecksLate', false, undefined],
    ['sweeps in a pause meet with, too, does not', 'AlertsFailing', true, -3 * HOUR],
  ] as const)('that %s: %s, while requests are paused', (_, name, isTold, seenAt) => {
    const before = { since: BEGIN - 9, seenAt: BEGIN - 3 * HOUR, cause: name, isTold };
    const met = { ...WELL, ...paused('RateLimited') };
    const after = troublesAfter({ [name]: before }, met, BEGIN + 9);
    expect(after[name]?.seenAt).toBe(seenAt && BEGIN + seenAt);
  });

  it('is not begun anew by a pause while nobody knows whether its end was told', () => {
    const late = { since: BEGIN, seenAt: BEGIN, cause: 'ChecksLate', isTold: true } as const;
    const found = { troubles: { ChecksLate: late }, lastSweepAt: BEGIN + HOUR, pendingSeen: 0 };
    const met = { ...WELL, ...paused('RateLimited') };
    const after = troublesAfter(found.troubles, met, BEGIN + HOUR, owedNotices(found));
    expect(after.ChecksLate).toEqual(late);
  });

  it('is not over because no sweep has come by for hours', () => {
    const { found } = sweeps(times(20, BAD));
    expect(owedNotices(found)).toEqual([]);
    const later = BEGIN + 5 * 60 * MINUTE;
    const troubles = troublesAfter(found.troubles ?? {}, BAD, later);
    expect(troubles).toMatchObject({ SweepErrors: { since: BEGIN, seenAt: later } });
  });
});

describe('the operator is told of', () => {
  const listeners = { checkedAt: BEGIN, confirmed: 3, pending: 0, unconfirmed: 0, vanished: 0 };

  it.each<[TroubleName, number, Partial<Checkpoint>, Partial<Met>]>([
    ['CredentialsRefused', 4, paused('CredentialsRefused'), {}],
    ['UpstreamFault', 15, paused('UpstreamFault'), {}],
    ['RateLimited', 30, paused('RateLimited'), {}],
    ['UpstreamDown', 4, paused('UpstreamDown'), {}],
    ['UpstreamDown', 4, { contact: failingSince(BEGIN) }, {}],
    ['NobodyListening', 30, { listeners: { ...listeners, confirmed: 0 } }, {}],
    ['ListenersLost', 5, { listeners: { ...listeners, vanished: 1 } }, {}],
    ['ListenersLost', 5, { listeners: { ...listeners, unconfirmed: 1 } }, {}],
    ['IModelsUnread', 15, {}, { iModelsInTrouble: 1 }],
    ['ChecksLate', 15, {}, { lateness: 2.1 }],
    ['SweepErrors', 15, {}, { errors: 1 }],
  ])('%s, after %i min', (name, minutes, change, met) => {
    const all = times(60, { ...WELL, ...met });
    const { told, found } = sweeps(all, change);
    expect(told).toEqual([[minutes + 1, `${name}/${BEGIN}/began`]]);
    expect(found.troubles).toMatchObject({ [name]: { cause: name } });
    expect(sweeps(all.slice(0, minutes), change).told).toEqual([]);
  });

  it('alerts that cannot be published, when the oldest has waited for 10 min', () => {
    const met = Array.from({ length: 20 }, (_, i) => ({ ...WELL, oldestOwed: (i + 3) * MINUTE }));
    const { told, found } = sweeps(met);
    expect(told).toEqual([[8, `AlertsFailing/${BEGIN - 3 * MINUTE}/began`]]);
    expect(found.troubles).toMatchObject({ AlertsFailing: { cause: 'AlertsFailing' } });
  });

  it('nothing while all is well', () => {
    const met = { ...WELL, lateness: 2 };
    expect(sweeps(times(60, met), { listeners, contact: { tokenAt: BEGIN } })).toMatchObject({
      told: [],
      found: { troubles: {} },
    });
  });

  it('what it comes of as the last sweep tells, and since when upstream has been silent', () => {
    const contact = failingSince(BEGIN - 3 * MINUTE);
    const pause = { until: BEGIN, reason: 'UpstreamDown', cause: 'TokenEndpointDown' } as const;
    expect(troublesAfter({}, { ...WELL, contact, pause }, BEGIN)).toEqual({
      UpstreamDown: { since: BEGIN - 3 * MINUTE, seenAt: BEGIN, cause: 'TokenEndpointDown' },
    });
    const limited = { until: BEGIN, reason: 'RateLimited' } as const;
    expect(troublesAfter({}, { ...WELL, contact, pause: limited }, BEGIN)).toMatchObject({
      UpstreamDown: { since: BEGIN - 3 * MINUTE, cause: 'UpstreamDown' },
      RateLimited: { since: BEGIN, cause: 'RateLimited' },
    });
  });
});

function paused(reason: NonNullable<Checkpoint['pause']>['reason']): Partial<Checkpoint> {
  return { pause: { until: BEGIN + 60 * MINUTE, reason } };
}
