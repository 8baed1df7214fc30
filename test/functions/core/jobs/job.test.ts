import { expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import {
  hadEndedWhenFirstSeen,
  type Job,
  runningSince,
  seenInWatch,
  wasEverSeen,
} from '../../../../functions/core/jobs/job.ts';
import { newJob, reopen } from '../../../../functions/core/jobs/watch.ts';
import { MINUTE } from '../../../../functions/core/time.ts';
import { REGISTRATION, START } from './arbitraries.ts';

/** A job that was in one state after another, each a minute after the one before. */
function after(...states: readonly string[]): Job {
  const moved = (job: Job, to: string, index: number) =>
    to === 'Registered'
      ? reopen(job, REGISTRATION)
      : applyChange(job, { kind: 'Transition', to }, START + (index + 1) * MINUTE);
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

it('of a watch whose begin was not kept, what was seen is told by time', () => {
  const { transitions, ...job } = after('Queued', 'Running', 'Succeeded');
  const registeredAt = START + 2 * MINUTE;
  const dropped = { ...job, transitions, transitionsDropped: 1, registeredAt };
  expect(seenInWatch(dropped)).toEqual(transitions.slice(1));
});

it.each([
  [['Queued', 'Running', 'Succeeded'], 2],
  [['Running', 'Queued', 'Running'], 1],
  [['Queued', 'Paused', 'Queued', 'Paused', 'Running'], 5],
])('a job that went through %j is known to be Running since minute %d', (states, minute) => {
  expect(runningSince(after(...states))).toBe(START + minute * MINUTE);
});

it.each([
  [[]],
  [['Queued', 'Failed']],
  [['Queued', 'Paused', 'Queued', 'Paused', 'Queued', 'Running']],
])('of a job that went through %j nobody knows since when it is Running', (states) => {
  expect(runningSince(after(...states))).toBeUndefined();
});

it.each([
  [['Running', 'Cancelled'], true],
  [['Running', 'TimedOut', 'Registered', 'NotFound'], true],
  [['NotFound'], false],
  [['NotFound', 'Registered', 'Cancelled'], false],
])('a job that went through %j was ever seen: %s', (states, answer) => {
  expect(wasEverSeen(after(...states))).toBe(answer);
});
