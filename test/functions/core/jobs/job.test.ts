import { expect, it } from 'vitest';
import { applyChange, newJob, reopen } from '../../../../functions/core/jobs/apply.ts';
import { hadEndedWhenFirstSeen, type Job } from '../../../../functions/core/jobs/job.ts';
import { DAY, MINUTE } from '../../../../functions/core/time.ts';
import { START } from './arbitraries.ts';

const REGISTRATION = {
  jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  registeredAt: START,
  registeredBy: 'test',
  timeoutAt: START + DAY,
};

function after(...states: readonly string[]): Job {
  const moved = (job: Job, to: string) =>
    to === 'Registered'
      ? reopen(job, REGISTRATION)
      : applyChange(job, { kind: 'Transition', to }, START + MINUTE);
  return states.reduce(moved, newJob(REGISTRATION));
}

it.each([
  [['Succeeded'], true],
  [['PartiallySucceeded'], true],
  [['Failed'], true],
  [['Running', 'TimedOut', 'Registered', 'Failed'], true],
  [['Running', 'Succeeded'], false],
  [['Failed', 'Registered'], false],
  [['Running'], false],
  [['NotFound'], false],
  [['AccessDenied'], false],
  [['TimedOut'], false],
  [['Cancelled'], false],
  [[], false],
])('a job that went through %j had ended when it was first seen: %s', (states, answer) => {
  expect(hadEndedWhenFirstSeen(after(...states))).toBe(answer);
});

it('of a job whose last transition was not kept nobody can tell', () => {
  const { transitions: _, ...job } = after('Succeeded');
  expect(hadEndedWhenFirstSeen({ ...job, transitions: [] })).toBe(false);
});
