import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { type Decision, decide } from '../../../../functions/core/jobs/decide.ts';
import { type Job, owedAlerts } from '../../../../functions/core/jobs/job.ts';
import type { Observation } from '../../../../functions/core/jobs/observation.ts';
import { isTerminal } from '../../../../functions/core/jobs/states.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';
import {
  job as anyJob,
  clockAfter,
  history,
  RUNNING_JOB as JOB,
  live,
  START,
} from './arbitraries.ts';

const UNSEEN: Job = { ...JOB, state: 'Registered' };

function status(state: string, facts: object = {}): Observation {
  return { kind: 'Status', state, ...facts };
}
const GONE: Observation = { kind: 'Missing', status: 404 };
const DENIED: Observation = { kind: 'Missing', status: 403 };
const DOWN: Observation = { kind: 'Failed', error: { name: 'ServerError', message: '503' } };

describe('200', () => {
  it('with the same state changes nothing', () => {
    expect(decide(JOB, status('Running', { reason: 'more' }), clockAfter(1))).toEqual({
      kind: 'Unchanged',
    });
  });

  it.each(['Queued', 'Paused', 'Upstream:NotFound'])(
    'with the pending state %s is a transition, whatever was left out of the answer',
    (to) => {
      const seen = status(to, { isListed: true, leftOut: ['reason'] });
      expect(decide(JOB, seen, clockAfter(1))).toEqual({ kind: 'Transition', to });
    },
  );

  it.each(['Succeeded', 'PartiallySucceeded', 'Failed'])(
    'with the terminal state %s ends the job and owes an alert in the same version',
    (to) => {
      const ended = live(JOB, [MINUTE, status(to, { reason: 'why', containsIssues: true })]);
      expect(ended).toMatchObject({
        state: to,
        reason: 'why',
        containsIssues: true,
        endedAt: START + MINUTE,
        version: 3,
        transitions: [{ from: 'Running', to, at: START + MINUTE, reason: 'why', version: 3 }],
      });
      expect(owedAlerts(ended)).toEqual([`${JOB.jobId}/2026-01-01T00:00:00.000Z/3`]);
    },
  );

  it('with the same state clears what had gone wrong', () => {
    const troubled = live(JOB, [1, DOWN], [2, GONE]);
    expect(troubled).toMatchObject({ failedChecks: 1, missing: { count: 1 } });
    const recovered = live(troubled, [3, status('Running')]);
    expect(recovered).toEqual({ ...JOB, version: troubled.version + 1 });
  });

  it('with a pending state at timeoutAt ends the job as TimedOut', () => {
    expect(live(JOB, [DAY - 1, status('Queued')]).state).toBe('Queued');
    expect(live(JOB, [DAY, status('Running')])).toMatchObject({
      state: 'TimedOut',
      reason: expect.stringContaining('Still Running after 1 d'),
    });
  });

  it('with a terminal state after timeoutAt is the end upstream gave it', () => {
    expect(live(JOB, [2 * DAY, status('Failed')]).state).toBe('Failed');
  });
});

it.each([
  [UNSEEN, { kind: 'Transition', to: 'Queued' }],
  [JOB, { kind: 'Unchanged' }],
])('202 tells only that the run is there: %j', (job, decision) => {
  expect(decide(job, { kind: 'Pending' }, clockAfter(1))).toEqual(decision);
});

describe.each([
  { observation: GONE, end: 'NotFound', name: '404' },
  { observation: DENIED, end: 'AccessDenied', name: '403' },
])('$name', ({ observation, end }) => {
  it.each([
    { job: JOB, minutes: 60, which: 'was seen' },
    { job: UNSEEN, minutes: 10, which: 'was never seen' },
  ])('ends a job that $which only after three in a row over $minutes min', ({ job, minutes }) => {
    const limit = minutes * MINUTE;
    expect(live(job, [0, observation], [limit, observation]).state).toBe(job.state);
    const twice = live(job, [0, observation], [MINUTE, observation]);
    expect(live(twice, [limit - 1, observation]).state).toBe(job.state);
    expect(live(twice, [limit, observation]).state).toBe(end);
  });

  it('counts once in 50 s: at both edges of a fault it comes several times', () => {
    const seen = [0, 15, 49, 3600, 3615, 3649].reduce(
      (job, seconds) => live(job, [seconds * SECOND, observation]),
      JOB,
    );
    expect(seen).toMatchObject({ state: 'Running', missing: { count: 2 } });
    expect(live(seen, [3650 * SECOND, observation]).state).toBe(end);
  });

  it('starts to count anew after any 200', () => {
    const interrupted = live(
      JOB,
      [0, observation],
      [1, observation],
      [2, status('Running')],
      [HOUR, observation],
      [HOUR + MINUTE, observation],
    );
    expect(interrupted).toMatchObject({
      state: 'Running',
      missing: { since: START + HOUR, count: 2 },
    });
  });

  it('writes nothing more once three are on record', () => {
    const counted = live(JOB, [0, observation], [MINUTE, observation], [2 * MINUTE, observation]);
    expect(decide(counted, observation, clockAfter(3 * MINUTE)).kind).toBe('Unchanged');
  });
});

it('a run that answers 403 after 404 is missing since the first, and on record with the last', () => {
  const missing = { since: START, count: 3, status: 404, countedAt: START + 2 * MINUTE } as const;
  const counted = live(JOB, [0, GONE], [MINUTE, GONE], [2 * MINUTE, GONE]);
  expect(counted.missing).toEqual(missing);
  expect(live(counted, [3 * MINUTE, DENIED]).missing).toEqual({ ...missing, status: 403 });
});

it('a run that was missing by a clock that was set back since ends in its time', () => {
  const ahead = live(JOB, [5 * HOUR, GONE], [5 * HOUR + MINUTE, GONE]);
  const back = live(ahead, [0, GONE]);
  expect(back).toMatchObject({ state: 'Running', missing: { since: START, count: 3 } });
  expect(live(back, [HOUR - 1, GONE])).toMatchObject({ state: 'Running' });
  expect(live(back, [HOUR, GONE])).toMatchObject({ state: 'NotFound' });
});

describe('a run that is missing at timeoutAt', () => {
  const counted = live(
    JOB,
    ...[3, 2, 1].map((minutes): [number, Observation] => [DAY - minutes * MINUTE, GONE]),
  );

  it('is tried on from then, which is put on record once', () => {
    const overdue = decide(counted, GONE, clockAfter(DAY));
    expect(overdue).toEqual({ kind: 'Missing', missing: counted.missing, overdueSince: DAY });
    const tried = live(counted, [DAY, GONE]);
    expect(decide(tried, GONE, clockAfter(DAY + MINUTE))).toEqual({ kind: 'Unchanged' });
  });

  it('ends as TimedOut an awake hour later, where it has not been missing for an hour', () => {
    const late = { ...live(JOB, [DAY, DOWN]), timeoutAt: START + DAY };
    expect(live(late, [DAY + HOUR, GONE])).toMatchObject({
      state: 'TimedOut',
      reason: 'Upstream answered 404 when the watch ran out.',
    });
  });
});

it('says of a run that was never seen that it may have ended earlier', () => {
  const ended = live(UNSEEN, [0, GONE], [MINUTE, GONE], [HOUR, GONE]);
  expect(ended.reason).toContain('may have ended earlier and been removed');
});

describe('a failed check', () => {
  it('is counted with its error, and the job stays as it is', () => {
    expect(live(JOB, [1, DOWN], [2, DOWN])).toMatchObject({
      state: 'Running',
      failedChecks: 2,
      lastError: { name: 'ServerError', message: '503', at: START + 2 },
    });
  });

  it('past timeoutAt ends the job only after one awake hour without a valid answer', () => {
    const tried = live(JOB, [DAY, DOWN], [DAY + HOUR - 1, DOWN]);
    expect(tried.state).toBe('Running');
    expect(live(tried, [DAY + HOUR, DOWN])).toMatchObject({
      state: 'TimedOut',
      reason: 'No valid answer when the watch ran out: 503',
      lastError: { name: 'ServerError' },
    });
  });

  it('past timeoutAt does not run out the watch while requests are paused', () => {
    const tried = live(JOB, [DAY, DOWN]);
    const pausedForHours = { now: START + DAY + 5 * HOUR, awake: DAY + MINUTE };
    expect(decide(tried, DOWN, pausedForHours).kind).toBe('FailedCheck');
  });

  it('does not keep a job from being seen alive again after timeoutAt', () => {
    expect(live(JOB, [DAY, DOWN], [DAY + 1, status('Succeeded')]).state).toBe('Succeeded');
  });
});

describe('whatever upstream answers', () => {
  it('a terminal state never changes', () => {
    fc.assert(
      fc.property(anyJob, history, (start, steps) => {
        let job = start;
        let at = 0;
        for (const { wait, observation } of steps) {
          at += wait;
          const decision = decide(job, observation, clockAfter(at));
          if (isTerminal(job.state)) expect(decision).toEqual<Decision>({ kind: 'Unchanged' });
          if (decision.kind !== 'Unchanged') job = applyChange(job, decision, START + at);
        }
      }),
    );
  });

  it('transitions form a path, versions rise by one, and an end owes exactly one alert', () => {
    fc.assert(
      fc.property(anyJob, history, (start, steps) => {
        let job = start;
        let at = 0;
        for (const { wait, observation } of steps) {
          at += wait;
          const decision = decide(job, observation, clockAfter(at));
          if (decision.kind === 'Unchanged') continue;
          const next = applyChange(job, decision, START + at);
          expect(next.version).toBe(job.version + 1);
          const last = next.transitions.at(-1);
          if (next.state !== job.state) {
            expect(last).toMatchObject({ from: job.state, to: next.state, version: next.version });
          }
          expect(owedAlerts(next)).toHaveLength(isTerminal(next.state) ? 1 : 0);
          expect(next.transitions.length).toBeLessThanOrEqual(100);
          job = next;
        }
      }),
    );
  });

  it('every watch ends within an awake hour past timeoutAt', () => {
    fc.assert(
      fc.property(anyJob, history, (start, steps) => {
        const seen = steps.length > 0 ? steps.map(({ observation }) => observation) : [DOWN];
        // What is seen goes on and on: a check a minute, for an hour.
        const overtime = Array.from({ length: 61 }, (_, minute): [number, Observation] => [
          start.timeoutAt - START + minute * MINUTE,
          seen[minute % seen.length] ?? DOWN,
        ]);
        expect(isTerminal(live(start, ...overtime).state)).toBe(true);
      }),
    );
  });
});
