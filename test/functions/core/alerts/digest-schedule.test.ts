import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DigestRecord,
  type DigestSchedule,
  digestsAfter,
  latestHour,
  owedDigest,
  parseDigestAt,
} from '../../../../functions/core/alerts/digest-schedule.ts';
import { DAY, HOUR, isoTime, MINUTE } from '../../../../functions/core/time.ts';

const at = (text: string) => Date.parse(`${text}Z`);

function schedule(text: string, zone = 'UTC'): DigestSchedule {
  const parsed = parseDigestAt(text, zone);
  if (!parsed) throw new Error(`${text} is no schedule.`);
  return parsed;
}

describe('when digests are due', () => {
  it.each([
    ['07:00', [0, 1, 2, 3, 4, 5, 6], 'UTC'],
    ['Mon-Fri 07:00', [0, 1, 2, 3, 4], 'UTC'],
    ['Mon,Thu 18:30 Europe/Vilnius', [0, 3], 'Europe/Vilnius'],
    ['Sat-Mon 00:00', [5, 6, 0], 'UTC'],
  ])('is read from %s', (text, weekdays, timeZone) => {
    expect(parseDigestAt(text, 'UTC')).toMatchObject({ weekdays, timeZone });
  });

  it.each([
    '',
    '7:00',
    '24:00',
    'Mo 07:00',
    'Mon,Mo 07:00',
    'Mo-Mon 07:00',
    'on Mon 07:00',
    '07:00 UTC sharp',
    'Mon- 07:00',
    'Mon-Tue-Wed 07:00',
    '07:00 Nowhere/Town',
  ])('is not read from "%s"', (text) => expect(parseDigestAt(text, 'UTC')).toBeUndefined());

  it('is 5 min after the set hour, by the clocks of the zone', () => {
    const vilnius = schedule('07:00', 'Europe/Vilnius');
    const latest = (now: string) => latestHour(vilnius, at(now));
    expect(latest('2026-11-29T05:04:59')).toEqual({
      at: at('2026-11-28T05:00'),
      date: '2026-11-28',
    });
    expect(latest('2026-11-29T05:05:00')).toEqual({
      at: at('2026-11-29T05:00'),
      date: '2026-11-29',
    });
    expect(latest('2026-07-01T04:05:00')).toMatchObject({ at: at('2026-07-01T04:00') });
    const auckland = schedule('07:00', 'Pacific/Auckland');
    expect(latestHour(auckland, at('2026-11-28T18:05'))).toMatchObject({ date: '2026-11-29' });
  });

  it('passes over the days of the week that are not named', () => {
    const weekdays = schedule('Mon-Fri 07:00');
    // 2026-11-29 is a Sunday.
    expect(latestHour(weekdays, at('2026-11-29T12:00'))).toMatchObject({ date: '2026-11-27' });
    expect(latestHour(weekdays, at('2026-11-30T07:05'))).toMatchObject({ date: '2026-11-30' });
    expect(latestHour(schedule('Mon 07:00'), at('2026-11-30T07:04'))).toMatchObject({
      date: '2026-11-23',
    });
  });

  it('is the first time when clocks show the hour twice', () => {
    // On 2026-10-25 clocks in Vilnius go from 04:00 back to 03:00, at 01:00 UTC.
    const doubled = schedule('03:30', 'Europe/Vilnius');
    expect(latestHour(doubled, at('2026-10-25T00:35'))).toMatchObject({
      at: at('2026-10-25T00:30'),
    });
    expect(latestHour(doubled, at('2026-10-25T05:00'))).toMatchObject({
      at: at('2026-10-25T00:30'),
    });
  });

  it('is when clocks go on, where they leave the hour out', () => {
    // On 2026-03-29 they go from 03:00 to 04:00, at 01:00 UTC; in Lord Howe by half an hour only.
    const skipped = schedule('03:30', 'Europe/Vilnius');
    expect(latestHour(skipped, at('2026-03-29T01:05'))).toEqual({
      at: at('2026-03-29T01:00'),
      date: '2026-03-29',
    });
    const lordHowe = schedule('02:15', 'Australia/Lord_Howe');
    expect(latestHour(lordHowe, at('2026-10-03T18:00'))).toEqual({
      at: at('2026-10-03T15:30'),
      date: '2026-10-04',
    });
  });

  it('is once a local date in every zone, the 29th of February included', () => {
    const zones = ['UTC', 'Europe/Vilnius', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu'];
    const property = fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.date({ min: new Date('2024-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
      (timeZone, hour, minute, start) => {
        const daily = { hour, minute, weekdays: [0, 1, 2, 3, 4, 5, 6], timeZone };
        const dates = Array.from({ length: 8 * 24 }, (_, n) => {
          const now = start.getTime() + n * HOUR;
          const latest = latestHour(daily, now);
          expect(latest.at + 5 * MINUTE).toBeLessThanOrEqual(now);
          expect(now - latest.at).toBeLessThan(DAY + 2 * HOUR);
          return latest.date;
        });
        const days = [...new Set(dates)];
        expect(days.toSorted()).toEqual(days);
        for (const [i, day] of days.slice(1).entries()) {
          expect(Date.parse(day) - Date.parse(days[i] ?? '')).toBe(DAY);
        }
      },
    );
    fc.assert(property, { numRuns: 50 });
  });
});

describe('what is on record of digests', () => {
  const daily = schedule('07:00');
  const first = digestsAfter(undefined, daily, at('2026-02-28T12:00'));

  it('begins with the last set hour, and owes nothing', () => {
    expect(first).toEqual({ to: at('2026-02-28T07:00'), day: at('2026-02-28T00:00') / DAY });
    expect(owedDigest(first, at('2026-02-28T12:00'))).toBeUndefined();
  });

  it('owes a digest of all since the last, under the local date of its end', () => {
    expect(digestsAfter(first, daily, at('2026-03-01T07:04'))).toBe(first);
    const next = digestsAfter(first, daily, at('2026-03-01T07:05'));
    expect(owedDigest(next, at('2026-03-01T07:05'))).toEqual({
      id: 'digest/2026-03-01',
      from: at('2026-02-28T07:00'),
      to: at('2026-03-01T07:00'),
    });
  });

  it('stays as it is until that is told, and makes one of all that came meanwhile then', () => {
    const owed = digestsAfter(first, daily, at('2026-03-01T07:05'));
    expect(digestsAfter(owed, daily, at('2026-03-04T12:00'))).toBe(owed);
    const { from: _, ...told } = owed;
    const later = at('2026-03-04T12:00');
    expect(owedDigest(digestsAfter(told, daily, later), later)).toEqual({
      id: 'digest/2026-03-04',
      from: at('2026-03-01T07:00'),
      to: at('2026-03-04T07:00'),
    });
  });

  it('owes one a date, whatever becomes of the setting', () => {
    const evening = schedule('18:00');
    expect(digestsAfter(first, evening, at('2026-02-28T19:00'))).toBe(first);
    expect(digestsAfter(first, evening, at('2026-03-01T18:05'))).toMatchObject({
      from: first.to,
    });
  });

  it('begins anew after a clock that was a week ahead was set back', () => {
    const ahead = digestsAfter(first, daily, at('2026-03-07T12:00'));
    const { from: _, ...told } = ahead;
    expect(owedDigest(ahead, at('2026-02-28T13:00'))).toBeUndefined();
    for (const left of [ahead, told])
      expect(digestsAfter(left, daily, at('2026-02-28T13:00'))).toEqual(first);
    const sunday = { to: at('2026-03-01T07:00'), day: at('2026-03-01T00:00') / DAY };
    expect(digestsAfter(ahead, daily, at('2026-03-01T13:00'))).toEqual({
      ...sunday,
      from: first.to,
    });
    expect(digestsAfter(told, daily, at('2026-03-01T13:00'))).toEqual(sunday);
  });

  it('leaves no time out and tells none twice, in any zone and with any outages', () => {
    const property = fc.property(
      fc.constantFrom('UTC', 'Europe/Vilnius', 'America/New_York', 'Australia/Lord_Howe'),
      fc.constantFrom('07:00', '02:30', '00:00', 'Mon-Fri 23:59', 'Sun 03:30'),
      fc.array(fc.integer({ min: MINUTE, max: 5 * DAY }), { maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      (zone, text, gaps, isTaken) => {
        let now = at('2026-03-20T00:00');
        let record: DigestRecord | undefined;
        let until: number | undefined;
        const ids = new Set<string>();
        for (const [i, gap] of gaps.entries()) {
          now += gap;
          const owed = record && owedDigest(record, now);
          if (record && owed && isTaken[i % isTaken.length]) {
            expect(owed.from).toBe(until ?? owed.from);
            expect(ids).not.toContain(owed.id);
            expect(owed.to).toBeLessThanOrEqual(now - 5 * MINUTE);
            ids.add(owed.id);
            until = owed.to;
            const { from: _, ...told } = record;
            record = told;
          } else {
            record = digestsAfter(record, schedule(text, zone), now);
          }
        }
        expect(isoTime(until ?? now) <= isoTime(now)).toBe(true);
      },
    );
    fc.assert(property);
  });
});
