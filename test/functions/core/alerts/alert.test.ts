import { describe, expect, it } from 'vitest';
import {
  alertId,
  alertOf,
  isEndKnown,
  issuesOf,
  lacksLogs,
  markPublished,
} from '../../../../functions/core/alerts/alert.ts';
import { addEntries, digestOf, NO_ENTRIES } from '../../../../functions/core/alerts/log-digest.ts';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { expiresAt, type Job, owedAlerts, watchOf } from '../../../../functions/core/jobs/job.ts';
import { cancel, type Registration, reopen } from '../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const JOB: Job = {
  jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  label: 'Nightly, hall 7',
  registeredAt: START,
  registeredBy: 'test',
  timeoutAt: START + DAY,
  state: 'Running',
  version: 2,
  transitions: [{ from: 'Registered', to: 'Running', at: START + MINUTE, version: 2 }],
};

const AGAIN: Registration = {
  jobId: JOB.jobId,
  registeredAt: START + DAY,
  registeredBy: 'test',
  timeoutAt: START + 2 * DAY,
};

function end(job: Job, to: string, reason?: string): Job {
  const change = { kind: 'Transition', to, ...(reason !== undefined && { reason }) } as const;
  return applyChange(job, change, START + HOUR);
}

function published(job: Job): Job {
  return markPublished(job, owedAlerts(job), START + HOUR + 1);
}

it('the name of the iModel that an alert was explained with stays with the job', () => {
  const ended = end(JOB, 'Failed');
  const named = markPublished(ended, owedAlerts(ended), START, { iModelName: 'Harbour' });
  expect(named).toMatchObject({ iModelName: 'Harbour' });
  const again = end(reopen(end(named, 'TimedOut'), AGAIN), 'Failed');
  expect(markPublished(again, owedAlerts(again), START)).toMatchObject({ iModelName: 'Harbour' });
  expect(published(ended)).not.toHaveProperty('iModelName');
});

it('an end whose transition was not kept is told with what is known of the last', () => {
  const ended = { ...end(JOB, 'Failed'), containsIssues: true, transitions: JOB.transitions };
  expect(alertOf(ended, alertId(ended, ended.version))).toMatchObject({
    state: 'Failed',
    at: START + HOUR,
    containsIssues: true,
  });
});

it.each([
  ['Failed', true],
  ['TimedOut', false],
])('of a run that %s upstream said how it ended: %s', (state, isKnown) => {
  const ended = end(JOB, state);
  expect(owedAlerts(ended).map((id) => isEndKnown(alertOf(ended, id)))).toEqual([isKnown]);
  const due = { ...JOB, remindAt: START + HOUR };
  const reminded = applyChange(due, { kind: 'ReminderDue' }, START + HOUR);
  expect(owedAlerts(reminded).map((id) => isEndKnown(alertOf(reminded, id)))).toEqual([false]);
});

describe('the watch of a job', () => {
  it('goes from checks to its alert to nothing, and only then does the job expire', () => {
    const ended = end(JOB, 'Failed');
    const done = published(ended);
    expect([JOB, ended, done].map(watchOf)).toEqual(['check', 'alert', undefined]);
    expect([JOB, ended, done].map(expiresAt)).toEqual([
      undefined,
      undefined,
      START + HOUR + 90 * DAY,
    ]);
  });

  it('is over at once when the job is cancelled: nobody is told what they did themselves', () => {
    const cancelled = cancel(JOB, START + HOUR, 'somebody');
    expect(cancelled).toMatchObject({ state: 'Cancelled', endedAt: START + HOUR, version: 3 });
    expect(watchOf(cancelled)).toBeUndefined();
    expect(expiresAt(cancelled)).toBe(START + HOUR + 90 * DAY);
  });

  it('never expires before its end is on record', () => {
    expect(expiresAt({ state: 'Failed' })).toBeUndefined();
  });

  it('of the last end is told as it was, however often the job has changed since it was reopened', () => {
    const flap = (from: Job, times: number) =>
      Array.from({ length: times }).reduce<Job>(
        (job, _, n) => end(job, n % 2 ? 'Running' : 'Queued'),
        from,
      );
    const ended = end(flap(JOB, 20), 'TimedOut', 'Too long.');
    const flapped = flap(reopen(ended, AGAIN), 250);
    const [id = ''] = owedAlerts(flapped);
    expect(alertOf(flapped, id)).toMatchObject({ state: 'TimedOut', reason: 'Too long.' });
    expect(flapped.transitions).toHaveLength(99);
    expect(flapped.transitionsDropped).toBe(1 + 20 + 1 + 1 + 250 - 99);
  });

  it('begins again when the job is reopened, and what its last end owes stays owed', () => {
    const ended = end(JOB, 'TimedOut', 'Still Running.');
    const reopened = reopen(ended, AGAIN);
    expect(reopened).toMatchObject({
      state: 'Registered',
      registeredAt: START + DAY,
      timeoutAt: START + 2 * DAY,
      version: ended.version + 1,
      owed: ended.owed,
    });
    expect(reopened.transitions.at(-1)).toMatchObject({ from: 'TimedOut', to: 'Registered' });
    for (const fact of ['endedAt', 'reason']) expect(reopened).not.toHaveProperty(fact);
    expect(reopened.label).toBe(ended.label);
    expect(watchOf(reopened)).toBe('check');
  });
});

describe('marking alerts as published', () => {
  it('remembers them, newest last, and forgets all but twenty', () => {
    let job = JOB;
    for (let count = 0; count < 25; count += 1) job = published(end(job, 'TimedOut'));
    expect(job.owed).toBeUndefined();
    expect(job.alerts).toHaveLength(20);
    expect(job.alerts?.at(-1)?.id).toBe(alertId(job, job.version - 1));
  });

  it('leaves owed what was not published', () => {
    const owing = end(reopen(end(JOB, 'TimedOut'), AGAIN), 'Failed');
    const [first = '', second = ''] = owedAlerts(owing);
    const marked = markPublished(owing, [first], START + 2 * DAY);
    expect(marked.owed).toEqual({ [second]: 'Ended' });
    expect(marked.alerts).toEqual([{ id: first, kind: 'Ended', at: START + 2 * DAY }]);
  });

  it('changes nothing when none of them is owed', () => {
    const done = published(end(JOB, 'Failed'));
    expect(markPublished(done, [alertId(done, 3)], START)).toBe(done);
  });

  it('puts what the logs say on record, and leaves it there', () => {
    const failed = end(JOB, 'Failed');
    const logs = digestOf(NO_ENTRIES, false);
    const marked = markPublished(failed, owedAlerts(failed), START, { logs });
    expect(marked).toMatchObject({ logs, version: failed.version + 1 });
    const owing = { ...marked, owed: failed.owed ?? {} };
    const unread = { kind: 'Unread', reason: 'No.' } as const;
    expect(markPublished(owing, owedAlerts(owing), START, { logs: unread }).logs).toEqual(logs);
  });

  it('keeps no logs of a run that goes on, or of another end', () => {
    const reopened = reopen(end(JOB, 'TimedOut'), AGAIN);
    const logs = digestOf(NO_ENTRIES, false);
    const marked = markPublished(reopened, owedAlerts(reopened), START, { logs });
    expect(marked).not.toHaveProperty('logs');
  });
});

describe('the logs of a run', () => {
  const withIssues = { ...end(JOB, 'Succeeded'), containsIssues: true };

  it.each([
    ['Failed', end(JOB, 'Failed'), true],
    ['PartiallySucceeded', end(JOB, 'PartiallySucceeded'), true],
    ['Succeeded with issues', withIssues, true],
    ['Succeeded', end(JOB, 'Succeeded'), false],
    ['TimedOut', end(JOB, 'TimedOut'), false],
    ['pending, with issues so far', { ...JOB, containsIssues: true }, false],
    ['made up', { ...end(JOB, 'Failed'), isTest: true }, false],
    ['read already', { ...end(JOB, 'Failed'), logs: digestOf(NO_ENTRIES, false) }, false],
  ])('of a job that is %s: to be read before its alert? %3$s', (_, job, answer) => {
    expect(lacksLogs(job)).toBe(answer);
  });
});

describe('an alert', () => {
  it('tells of the end that owed it even after the job was reopened and ended again', () => {
    const first = end(JOB, 'TimedOut', 'Still Running.');
    const second = end(reopen(first, AGAIN), 'Failed', 'No model.');
    expect(owedAlerts(second).map((id) => alertOf(second, id))).toMatchObject([
      { state: 'TimedOut', reason: 'Still Running.', registeredAt: START },
      { state: 'Failed', reason: 'No model.', registeredAt: START + DAY },
    ]);
  });

  it('tells what the logs say of the end that it is about, and of no other', () => {
    const logs = digestOf(NO_ENTRIES, false);
    const first = end(JOB, 'TimedOut');
    const second = { ...end(reopen(first, AGAIN), 'Failed'), logs };
    const alerts = owedAlerts(second).map((id) => alertOf(second, id));
    expect(alerts.map((alert) => alert.logs)).toEqual([undefined, logs]);
  });
});

describe('a run of which only its logs say whether there are issues', () => {
  const MAPPING: Job = { ...JOB, kind: 'grouping-and-mapping-extraction' };
  const logsWith = (level: string, isPartial = false) =>
    digestOf(addEntries(NO_ENTRIES, [{ level, category: 'GroupQuery', message: 'm' }]), isPartial);
  const UNREAD = { kind: 'Unread', reason: 'No time.' } as const;

  it.each([
    ['Succeeded', true],
    ['PartiallySucceeded', true],
    ['Failed', true],
    ['TimedOut', false],
    ['NotFound', false],
    ['Cancelled', false],
  ])('has its logs read when it %s: %s', (state, isRead) => {
    expect(lacksLogs(end(MAPPING, state))).toBe(isRead);
    expect(lacksLogs({ ...end(MAPPING, state), logs: UNREAD })).toBe(false);
  });

  it('has none read while it is pending, nor when it is only a test', () => {
    expect(lacksLogs(MAPPING)).toBe(false);
    expect(lacksLogs({ ...end(MAPPING, 'Succeeded'), isTest: true })).toBe(false);
  });

  it.each([
    ['an error', logsWith('Error'), true, 'true'],
    ['a warning', logsWith('Warning'), true, 'true'],
    ['a warning in the part that was read', logsWith('Warning', true), true, 'true'],
    ['nothing grave', logsWith('Information'), false, 'false'],
    ['nothing at all', digestOf(NO_ENTRIES, false), false, 'false'],
    [
      'nothing grave in the part that was read',
      logsWith('Information', true),
      undefined,
      'unknown',
    ],
    ['nothing, since they were not read', UNREAD, undefined, 'unknown'],
  ])('has issues by what its logs say: %s', (_, logs, containsIssues, attribute) => {
    const ended = end(MAPPING, 'Succeeded');
    const [id = ''] = owedAlerts(ended);
    const alert = alertOf({ ...ended, logs }, id);
    expect([alert.containsIssues, issuesOf(alert)]).toEqual([containsIssues, attribute]);
    const marked = markPublished(ended, [id], START + HOUR, { logs });
    expect([marked.containsIssues, marked.logs]).toEqual([containsIssues, logs]);
  });

  it('is not what a Reporting run is: of that upstream has to say', () => {
    const ended = end(JOB, 'Succeeded');
    expect(lacksLogs(ended)).toBe(false);
    const [id = ''] = owedAlerts(ended);
    expect(issuesOf(alertOf({ ...ended, logs: UNREAD }, id))).toBe('false');
  });
});
