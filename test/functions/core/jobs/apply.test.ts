import { describe, expect, it } from 'vitest';
import { alertOf } from '../../../../functions/core/alerts/alert.ts';
import { digestOf, NO_ENTRIES } from '../../../../functions/core/alerts/log-digest.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { decide } from '../../../../functions/core/jobs/decide.ts';
import { type Job, owedAlerts } from '../../../../functions/core/jobs/job.ts';
import type { Observation } from '../../../../functions/core/jobs/observation.ts';
import { cancel, reopen } from '../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { clockAfter, RUNNING_JOB as JOB, START } from './arbitraries.ts';

const AGAIN = {
  jobId: JOB.jobId,
  registeredAt: START + 2 * HOUR,
  registeredBy: 'somebody else',
  timeoutAt: START + DAY,
};
const RUNNING: Observation = { kind: 'Status', state: 'Running' };
const DOWN = { name: 'ServerError', message: '503' } as const;
const LIMITED: Observation = { kind: 'Limited', isAlone: false, retryAt: START + MINUTE };

describe('on record after a transition', () => {
  it('is what it says, and nothing of what it replaces', () => {
    const troubled: Job = {
      ...JOB,
      reason: 'Old.',
      containsIssues: true,
      logsUrl: 'https://api.example.com/old',
      logs: digestOf(NO_ENTRIES, false),
      missing: { since: START, count: 1 },
      failedChecks: 1,
      lastError: { ...DOWN, at: START },
      overdueSince: 0,
    };
    expect(applyChange(troubled, { kind: 'Transition', to: 'Queued' }, START + 1)).toStrictEqual({
      ...JOB,
      state: 'Queued',
      version: 3,
      transitions: [{ from: 'Running', to: 'Queued', at: START + 1, version: 3 }],
    });
  });

  it('is the last error where the monitor gave up', () => {
    const change = { kind: 'Transition', to: 'TimedOut', reason: 'Why.', lastError: DOWN } as const;
    expect(applyChange(JOB, change, START + 1)).toMatchObject({
      reason: 'Why.',
      lastError: { ...DOWN, at: START + 1 },
      endedAt: START + 1,
    });
  });
});

it('of a job that is reopened nothing stays of its end, and no reminder but a new one; its label does', () => {
  const reminded = { ...JOB, label: 'Old', remindAt: START + 9, remindedAt: START + 9 };
  const reopened = reopen(cancel(reminded, START + MINUTE, 'somebody'), AGAIN);
  expect(reopened).toStrictEqual({
    ...AGAIN,
    label: 'Old',
    state: 'Registered',
    version: 4,
    transitions: [
      { from: 'Running', to: 'Cancelled', at: START + MINUTE, version: 3 },
      { from: 'Cancelled', to: 'Registered', at: START + 2 * HOUR, version: 4 },
    ],
  });
});

describe('a check that goes right again', () => {
  it.each<[string, Partial<Job>]>([
    ['404', { missing: { since: START, count: 1 } }],
    ['a failed check', { failedChecks: 1, lastError: { ...DOWN, at: START } }],
    ['no valid answer past its time', { overdueSince: 0 }],
  ])('clears the record of %s', (_, trouble) => {
    const job = { ...JOB, ...trouble };
    const decision = decide(job, RUNNING, clockAfter(MINUTE));
    expect(decision).toEqual({ kind: 'Recovered' });
    if (decision.kind === 'Unchanged') return;
    expect(applyChange(job, decision, START)).toStrictEqual({ ...JOB, version: 3 });
  });
});

describe('a check that goes wrong before the time is up', () => {
  it.each<[string, Observation, object]>([
    [
      'with 404',
      { kind: 'Missing', status: 404 },
      {
        kind: 'Missing',
        missing: { since: START + 1, count: 1, status: 404, countedAt: START + 1 },
      },
    ],
    ['with 5xx', { kind: 'Failed', error: DOWN }, { kind: 'FailedCheck', error: DOWN }],
    ['with a limit', LIMITED, { kind: 'Limited', limitedAt: START + 1 }],
  ])('%s says nothing of being overdue', (_, observation, decision) => {
    expect(decide(JOB, observation, clockAfter(1))).toStrictEqual(decision);
  });
});

it('an alert of an end that is no longer among the transitions tells how the job stands', () => {
  const ended: Job = { ...JOB, state: 'Failed', endedAt: START + HOUR, reason: 'Why.', version: 9 };
  const id = `${JOB.jobId}/2026-01-01T00:00:00.000Z/9`;
  expect(alertOf({ ...ended, logsUrl: 'https://api.example.com/x' }, id)).toMatchObject({
    kind: 'Ended',
    state: 'Failed',
    at: START + HOUR,
    reason: 'Why.',
    logsUrl: 'https://api.example.com/x',
    registeredAt: START,
  });
});

it('an alert tells of its own end, and of nothing that came after', () => {
  const ended = applyChange(JOB, { kind: 'Transition', to: 'TimedOut' }, START + HOUR);
  const [id = ''] = owedAlerts(ended);
  const again = reopen(ended, AGAIN);
  expect(alertOf(again, id).transitions).toEqual(ended.transitions);
});
