import { describe, expect, it } from 'vitest';
import { lengthsOf, WORKLOADS } from '../../../../bench/delay/workloads.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { changeWatch, newJob, reopen } from '../../../../functions/core/jobs/watch.ts';
import {
  countLength,
  countOf,
  type GroupLengths,
  groupOf,
  isLengthKnown,
  isUnusuallyShort,
  type LengthCounts,
  probableEnd,
  QUANTILE_ERROR,
  quantile,
  usualLength,
  withLengths,
} from '../../../../functions/core/statistics/lengths.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';

const START = Date.UTC(2026, 0, 1);
const GROUP = 'reporting-extraction#label#Tower B';

/** The class that an hour falls into: 2^(47/4) s is 57 min, and 2^(48/4) s are 68 min. */
const HOUR_CLASS = 47;
/** That of a minute: 2^(23/4) s is 54 s, and 2^(24/4) s are 64 s. */
const MINUTE_CLASS = 23;

const ended = (runLength: number) => ({ runLength, endedAt: START });
const counted = (lengths: readonly number[]) => lengths.reduce<LengthCounts>(countLength, {});
const withMore = (lengths: readonly number[], before?: GroupLengths) =>
  withLengths(GROUP, before, lengths.map(ended));

/** A group of so many runs of an hour. */
const counts = (runs: number) => ({ group: GROUP, counts: { [HOUR_CLASS]: runs } });

/** Runs that took 12 min, mostly, as their class has it. */
const USUAL = usualLength(counted([...Array(90).fill(12 * MINUTE), ...Array(10).fill(HOUR)]));

describe('the lengths of a group on record', () => {
  it('are of one version more with each write, and say when the last run ended', () => {
    const first = withLengths(GROUP, undefined, [
      { runLength: HOUR, endedAt: START + MINUTE },
      { runLength: HOUR, endedAt: START },
    ]);
    expect(first).toEqual({ ...counts(2), version: 1, endedAt: START + MINUTE });
    expect(withMore([HOUR], first)).toEqual({ ...counts(3), version: 2, endedAt: START + MINUTE });
  });

  it('count half as much from 200 runs on, and what weighs less than half a run is forgotten', () => {
    const once = withMore([MINUTE, ...Array<number>(198).fill(HOUR)]);
    expect(countOf(once.counts)).toBe(199);
    const halved = withMore([HOUR], once);
    expect(halved.counts).toEqual({ [MINUTE_CLASS]: 0.5, [HOUR_CLASS]: 99.5 });
    const again = withMore(Array<number>(101).fill(HOUR), halved);
    expect(Object.keys(again.counts)).toEqual([`${HOUR_CLASS}`]);
  });
});

describe('a group', () => {
  const iModelId = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';

  it('is an iModel, by whatever label, and of one kind', () => {
    expect(groupOf({ iModelId, label: 'Tower B' })).toBe(groupOf({ iModelId, label: 'Renamed' }));
    expect(groupOf({ iModelId, kind: 'synchronization-run' })).not.toBe(groupOf({ iModelId }));
  });

  it('is a label where no iModel is known; by another it is another', () => {
    expect(groupOf({ label: 'Tower B', kind: 'reporting-extraction' })).toBe(GROUP);
    expect(groupOf({ label: 'Tower C' })).not.toBe(GROUP);
    expect(groupOf({})).toBeUndefined();
  });
});

describe('what is usual', () => {
  it('is said of 10 runs, not of 9', () => {
    expect(usualLength(counted(Array(9).fill(HOUR)))).toBeUndefined();
    expect(usualLength(counted(Array(10).fill(HOUR)))).toMatchObject({ runs: 10 });
  });

  it('is a length as a person says it', () => {
    expect(USUAL).toMatchObject({ runs: 100, median: 11 * MINUTE, p90: 11 * MINUTE });
    expect(usualLength(counted(Array(10).fill(3 * DAY)))?.median).toBe(2 * DAY + 19 * HOUR);
  });

  it('follows the runs of late: 200 runs of another length are all that counts', () => {
    const of = (length: number, before?: GroupLengths) => withMore(Array(200).fill(length), before);
    const changed = of(HOUR, of(10 * MINUTE));
    expect(usualLength(changed.counts)?.median).toBeGreaterThan(50 * MINUTE);
    expect(countOf(changed.counts)).toBeLessThanOrEqual(200);
  });

  it('is never of more than 200 runs, and after the first 10 never of fewer', () => {
    let group: GroupLengths | undefined;
    for (let n = 1; n <= 2_000; n += 1) {
      group = withMore([MINUTE * (1 + ((n * 7_919) % 500))], group);
      expect(countOf(group.counts)).toBeLessThan(201);
      if (n >= 10) expect(countOf(group.counts)).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('a length is known', () => {
  const found = (transitionsAgo: number, runLength: number) => ({
    runLength,
    endedAt: START,
    transitions: [
      { from: 'Registered', to: 'Running', at: START - transitionsAgo, version: 2 },
      { from: 'Running', to: 'Succeeded', at: START, version: 3 },
    ],
  });

  it('when the run was checked shortly before, or seen to change', () => {
    expect(isLengthKnown(found(HOUR, HOUR), START - 2 * MINUTE)).toBe(true);
    expect(isLengthKnown(found(MINUTE, MINUTE))).toBe(true);
  });

  it('when it was so long that the wait does not matter', () => {
    expect(isLengthKnown(found(DAY, DAY), START - 3 * HOUR)).toBe(true);
    expect(isLengthKnown(found(DAY, DAY), START - 5 * HOUR)).toBe(false);
  });

  it('not after an outage, nor of a run that had ended when it was first seen', () => {
    expect(isLengthKnown(found(HOUR, HOUR), START - 30 * MINUTE)).toBe(false);
    expect(isLengthKnown({ endedAt: START, transitions: [] }, START)).toBe(false);
  });
});

describe('a job', () => {
  const registration = {
    jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
    label: 'Tower B',
    registeredAt: START,
    registeredBy: 'test',
    timeoutAt: START + 3 * DAY,
  };
  const to = (state: string) => ({ kind: 'Transition' as const, to: state });
  const seen = (facts: Partial<Job> = {}) =>
    applyChange(newJob({ ...registration, ...facts }), to('Queued'), START + MINUTE, USUAL);

  it('is told of once, when it is unusually long, if nobody asked for a reminder', () => {
    const job = seen();
    const at = START + MINUTE + (USUAL?.longAbove ?? 0);
    expect(job).toMatchObject({ remindAt: at, remindCause: 'UnusuallyLong', usual: USUAL });
    const late = applyChange(job, { kind: 'ReminderDue' }, at);
    expect(late).toMatchObject({ remindedAt: at, owed: { [`${idAt(late)}`]: 'StillRunning' } });
    expect(applyChange(late, to('Running'), at + HOUR, USUAL)).not.toHaveProperty('remindAt');
  });

  it('is not, by its caller’s wish', () => {
    expect(seen({ unusuallyLong: false })).not.toHaveProperty('remindAt');
  });

  it('is not, when its caller wants to be reminded, or has been', () => {
    expect(seen({ remindAt: START + DAY })).not.toHaveProperty('remindCause');
    const due = seen({ remindAt: START + MINUTE });
    expect(due.remindedAt).toBe(START + MINUTE);
    expect(due).not.toHaveProperty('remindAt');
  });

  it('is not, when its watch is over before', () => {
    expect(seen({ timeoutAt: START + 30 * MINUTE })).not.toHaveProperty('remindAt');
  });

  it('is, once it is watched for so long that it may be, unless nobody is to be reminded', () => {
    const short = seen({ timeoutAt: START + 30 * MINUTE });
    const later = { timeoutAt: START + DAY };
    const now = START + 20 * MINUTE;
    const { remindAt, remindCause } = seen();
    expect(changeWatch(short, later, now)).toMatchObject({ remindAt, remindCause });
    const unwanted = changeWatch(short, { remindAt: null }, now);
    expect(changeWatch(unwanted, later, now)).not.toHaveProperty('remindAt');
    const own = changeWatch(
      seen({ timeoutAt: START + 2 * DAY }),
      { remindAt: START + DAY + 1 },
      now,
    );
    expect(changeWatch(own, later, now)).not.toHaveProperty('remindAt');
    const reminded = { ...short, remindedAt: START };
    expect(changeWatch(reminded, later, now)).not.toHaveProperty('remindAt');
  });

  it('is reminded of as its caller says from then on', () => {
    const changed = changeWatch(seen(), { remindAt: START + DAY }, START + MINUTE);
    expect(changed.remindAt).toBe(START + DAY);
    expect(changed).not.toHaveProperty('remindCause');
    expect(changeWatch(seen(), { remindAt: null }, START + MINUTE)).not.toHaveProperty('remindAt');
  });

  it('by another label knows nothing of what is usual, but for an iModel’s', () => {
    const iModelId = '5e19bee0-3aea-4355-a9f0-c6df9989ee7d';
    expect(changeWatch(seen(), { label: 'Tower C' }, START + MINUTE)).not.toHaveProperty('usual');
    expect(changeWatch(seen({ iModelId }), { label: 'Tower C' }, START + MINUTE).usual).toEqual(
      USUAL,
    );
  });

  it('begins anew when it is watched again', () => {
    const gone = applyChange(seen(), to('NotFound'), START + HOUR, USUAL);
    const again = reopen(gone, { ...registration, registeredAt: START + 2 * HOUR });
    expect(again).not.toHaveProperty('usual');
    expect(again).not.toHaveProperty('remindCause');
  });

  it('has probably ended when 9 of 10 have', () => {
    expect(probableEnd(seen())).toBe(START + 12 * MINUTE);
    expect(probableEnd(newJob(registration))).toBeUndefined();
    expect(probableEnd(applyChange(seen(), to('Failed'), START + HOUR))).toBeUndefined();
  });

  it('succeeds unusually soon below half the 5th percentile, and fails when it fails', () => {
    const end = (state: string, at: number) => applyChange(seen(), to(state), at, USUAL);
    const soon = START + 3 * MINUTE;
    expect(isUnusuallyShort(end('Succeeded', soon), soon)).toBe(true);
    expect(isUnusuallyShort(end('Failed', soon), soon)).toBe(false);
    const later = START + 10 * MINUTE;
    expect(isUnusuallyShort(end('Succeeded', later), later)).toBe(false);
  });

  it('that was Running when first seen may have run for long before', () => {
    const job = newJob(registration);
    const running = applyChange(job, to('Running'), START + MINUTE, USUAL);
    const end = applyChange(running, to('Succeeded'), START + 2 * MINUTE, USUAL);
    expect(isUnusuallyShort(end, START + 2 * MINUTE)).toBe(false);
  });
});

function idAt({ jobId, registeredAt, version }: Job): string {
  return `${jobId}/${new Date(registeredAt).toISOString()}/${version}`;
}

describe('estimates', () => {
  /** 93 % under an hour, 5 % one to six hours, 2 % longer. */
  const published = (n: number) => {
    const place = (n * 0.618_033_988_75) % 1;
    if (n % 100 < 93) return SECOND + place * (HOUR - SECOND);
    return n % 100 < 98 ? HOUR + place * 5 * HOUR : 6 * HOUR + place * 42 * HOUR;
  };

  it.each<readonly [string, readonly number[]]>([
    ['as published for another service', Array.from({ length: 1_000 }, (_, n) => published(n))],
    ...WORKLOADS.map((workload) => {
      const every100th = lengthsOf(workload).sorted.filter((_, n) => n % 100 === 50);
      return [workload.name, [...every100th].map((minutes) => minutes * MINUTE)] as const;
    }),
  ])('are within the stated error: %s', (_, all) => {
    const lengths = all.map((length) => Math.max(SECOND, length));
    const sorted = lengths.toSorted((a, b) => a - b);
    for (const share of [0.05, 0.5, 0.9, 0.95]) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
      const ratio = (quantile(counted(lengths), share) ?? Number.NaN) / exact;
      expect(Math.max(ratio, 1 / ratio)).toBeLessThanOrEqual((1 + QUANTILE_ERROR) * 1.000_001);
    }
  });
});
