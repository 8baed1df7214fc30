import { describe, expect, it } from 'vitest';
import { toldEnd } from '../../../../functions/adapters/dynamodb/jobs-table.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { callsForUsual, type Decision } from '../../../../functions/core/jobs/decide.ts';
import { type Job, owedAlerts } from '../../../../functions/core/jobs/job.ts';
import { cancel, changeWatch, newJob } from '../../../../functions/core/jobs/watch.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { REGISTRATION, START } from './arbitraries.ts';

const JOB = newJob(REGISTRATION);
const QUIET: Job = { ...JOB, isQuietIfOver: true };
const USUAL = {
  runs: 20,
  median: 12 * MINUTE,
  p90: 20 * MINUTE,
  shortBelow: 2 * MINUTE,
  longAbove: HOUR,
};

const to = (state: string) => ({ kind: 'Transition', to: state }) as const;

it.each<[number, string, Job, string[]]>([
  [0, 'was over when its iModel began to be watched', QUIET, ['Failed']],
  [1, 'went on when its iModel began to be watched', QUIET, ['Queued', 'Failed']],
  [1, 'was over when somebody registered it', JOB, ['Failed']],
])('(%d) so many alerts are owed for the end of a run that %s', (alerts, _, registered, states) => {
  const ended = states.reduce(
    (job, state) => applyChange(job, to(state), START + MINUTE),
    registered,
  );
  expect(owedAlerts(ended)).toHaveLength(alerts);
  expect(toldEnd(ended)).toBe(alerts === 0 ? undefined : START + MINUTE);
});

it('a run that somebody cancels before it was seen counts, be it one of before the watch', () => {
  expect(toldEnd(cancel(QUIET, START + MINUTE, 'somebody'))).toBe(START + MINUTE);
});

it('a run of which somebody was reminded before it was seen is not told of again when it is long', () => {
  const seen = (job: Job) => applyChange(job, to('Running'), START + 2 * MINUTE, USUAL);
  expect(seen(JOB)).toMatchObject({ remindCause: 'UnusuallyLong' });
  const reminded = applyChange(
    { ...JOB, remindAt: START + MINUTE },
    { kind: 'ReminderDue' },
    START + MINUTE,
  );
  expect(seen(reminded)).not.toHaveProperty('remindAt');
});

it.each<[string, Job]>([
  ['none is set', JOB],
  ['one is set', { ...JOB, remindAt: START + MINUTE }],
])(
  'a run of which nobody is to be reminded, before it was seen and where %s, never is',
  (_, job) => {
    const changed = changeWatch(job, { remindAt: null }, START);
    expect(applyChange(changed, to('Running'), START + 2 * MINUTE, USUAL)).not.toHaveProperty(
      'remindAt',
    );
    expect(changeWatch(changed, { remindAt: null }, START)).toBe(changed);
  },
);

describe('what is usual of such runs is to be known', () => {
  it.each<[boolean, string, string, Decision]>([
    [true, 'is seen for the first time', 'Registered', to('Running')],
    [true, 'had ended when it was first seen', 'Registered', to('Failed')],
    [true, 'ends', 'Running', to('Failed')],
    [false, 'goes on', 'Queued', to('Running')],
    [false, 'was never seen and still is not', 'Registered', { kind: 'ReminderDue' }],
  ])('(%s) of a run that %s', (isIt, _, state, decision) => {
    expect(callsForUsual({ ...JOB, state }, decision)).toBe(isIt);
  });
});
