import { expect, it } from 'vitest';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import { changeWatch, newJob, type WatchChange } from '../../../../functions/core/jobs/watch.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { REGISTRATION, START } from './arbitraries.ts';

const PLAIN = newJob(REGISTRATION);
/** With all that a change of the watch may take away. */
const WATCHED: Job = {
  ...PLAIN,
  label: 'Tower B',
  remindAt: START + HOUR,
  remindCause: 'UnusuallyLong',
  overdueSince: 0,
  usual: { runs: 20, median: 12 * MINUTE, p90: 20 * MINUTE, shortBelow: 2 * MINUTE },
};

it.each<[string, WatchChange, Job]>([
  ['by another label', { label: 'Tower C' }, { ...omit(WATCHED, 'usual'), label: 'Tower C' }],
  ['without a label', { label: null }, omit(WATCHED, 'label', 'usual')],
  [
    'for longer, and is not overdue',
    { timeoutAt: START + 2 * DAY },
    { ...omit(WATCHED, 'overdueSince'), timeoutAt: START + 2 * DAY },
  ],
  [
    'until its reminder would come, which never does',
    { timeoutAt: START + HOUR },
    { ...omit(WATCHED, 'overdueSince', 'remindAt', 'remindCause'), timeoutAt: START + HOUR },
  ],
  [
    'with a reminder at another time, which somebody asked for',
    { remindAt: START + 2 * HOUR },
    { ...omit(WATCHED, 'remindCause'), remindAt: START + 2 * HOUR },
  ],
  [
    'without a reminder, that of an unusual length neither',
    { remindAt: null },
    { ...omit(WATCHED, 'remindAt', 'remindCause'), unusuallyLong: false },
  ],
])('a job can be watched %s, and all else stays', (_, change, after) => {
  expect(changeWatch(WATCHED, change, START)).toStrictEqual({
    ...after,
    version: WATCHED.version + 1,
  });
});

it('a job watched without a reminder owes none any more, and an end of the watch before as ever', () => {
  const owed = { 'job/2': 'Ended', 'job/9': 'StillRunning' } as const;
  const reminded: Job = { ...PLAIN, state: 'Running', unusuallyLong: false, remindedAt: START };
  const job: Job = { ...reminded, owed };
  expect(changeWatch(job, { remindAt: null }, START)).toStrictEqual({
    ...job,
    owed: { 'job/2': 'Ended' },
    version: job.version + 1,
  });
  expect(changeWatch(job, { label: 'Tower B' }, START).owed).toBe(owed);
});

it.each<[Job, WatchChange]>([
  [WATCHED, {}],
  [WATCHED, { label: 'Tower B', timeoutAt: START + DAY, remindAt: START + HOUR }],
  [PLAIN, { label: null }],
  [
    { ...PLAIN, state: 'Running', unusuallyLong: false },
    { label: null, remindAt: null },
  ],
  [PLAIN, { remindAt: START + DAY }],
])('is the same job when that is nothing new: %j with %j', (job, change) => {
  expect(changeWatch(job, change, START)).toBe(job);
});
