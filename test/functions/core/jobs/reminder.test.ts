import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { decide } from '../../../../functions/core/jobs/decide.ts';
import { isReminderDue, type Job } from '../../../../functions/core/jobs/job.ts';
import { isTerminal } from '../../../../functions/core/jobs/states.ts';
import { cancel, newJob, reopen } from '../../../../functions/core/jobs/watch.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { history, job as registered, START } from './arbitraries.ts';

const facts = { jobId: 'a', registeredAt: START, registeredBy: 'test', timeoutAt: START + HOUR };

/** Jobs of which somebody wants to be reminded an hour after their registration. */
const job = registered.map((plain): Job => ({ ...plain, remindAt: START + HOUR }));

function remindersOwed({ owed = {} }: Job): number {
  return Object.values(owed).filter((kind) => kind === 'StillRunning').length;
}

it('is owed from the first check after it is due, and never by a job that has ended', () => {
  fc.assert(
    fc.property(job, history, (start, checks) => {
      let current = start;
      let now = START;
      for (const { wait, observation } of checks) {
        now += wait;
        const decision = decide(current, observation, { now, awake: now });
        if (decision.kind !== 'Unchanged') current = applyChange(current, decision, now);
        const isDue = !isTerminal(current.state) && now >= START + HOUR;
        expect(remindersOwed(current)).toBe(isDue ? 1 : 0);
      }
    }),
  );
});

it('is due in the very millisecond that somebody asked for', () => {
  const watched = newJob({ ...facts, remindAt: START + MINUTE });
  const answer = { kind: 'Status', state: 'Registered' } as const;
  const decisionAt = (now: number) => decide(watched, answer, { now, awake: now });
  expect(decisionAt(START + MINUTE - 1)).toEqual({ kind: 'Unchanged' });
  expect(decisionAt(START + MINUTE)).toEqual({ kind: 'ReminderDue' });
});

it('is due for a pending job only', () => {
  const remindAt = START + MINUTE;
  const watched = newJob({ ...facts, remindAt });
  expect(isReminderDue({ ...watched, state: 'Running' }, remindAt)).toBe(true);
  expect(isReminderDue({ ...watched, state: 'Failed' }, remindAt)).toBe(false);
});

it('is no longer owed by a job that ends; an earlier end still is', () => {
  const owed = { earlier: 'Ended', reminder: 'StillRunning' } as const;
  const watched: Job = { ...newJob({ ...facts, remindAt: START + MINUTE }), owed };
  const end = { kind: 'Transition', to: 'Failed' } as const;
  expect(Object.values(applyChange(watched, end, START + 1).owed ?? {})).toEqual([
    'Ended',
    'Ended',
  ]);
  expect(applyChange(watched, end, START + 1)).not.toHaveProperty('remindAt');
  expect(cancel(watched, START + 1, 'somebody').owed).toEqual({ earlier: 'Ended' });
  expect(
    cancel({ ...watched, owed: { reminder: 'StillRunning' } }, START + 1, 'somebody'),
  ).not.toHaveProperty('owed');
});

it('begins anew with a new registration', () => {
  const first = newJob({ ...facts, remindAt: START + MINUTE });
  const reminded = applyChange(first, { kind: 'ReminderDue' }, START + MINUTE);
  const ended = applyChange(reminded, { kind: 'Transition', to: 'TimedOut' }, START + HOUR);
  expect(reminded).toHaveProperty('remindedAt');

  const again = { ...facts, registeredAt: START + HOUR, remindAt: START + 2 * HOUR };
  expect(reopen(ended, again)).toMatchObject({ remindAt: START + 2 * HOUR });
  expect(reopen(ended, again)).not.toHaveProperty('remindedAt');
  expect(reopen(ended, facts)).not.toHaveProperty('remindAt');
});
