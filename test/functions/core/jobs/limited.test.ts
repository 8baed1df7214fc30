import { describe, expect, it } from 'vitest';
import { type Decision, decide } from '../../../../functions/core/jobs/decide.ts';
import type {
  FailedObservation,
  Observation,
} from '../../../../functions/core/jobs/observation.ts';
import { omit } from '../../../../functions/core/objects.ts';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { clockAfter, RUNNING_JOB as JOB, live, START } from './arbitraries.ts';

const FOR_ALL: Observation = { kind: 'Limited', isAlone: false, retryAt: START + HOUR };
const ALONE: Observation = { ...FOR_ALL, isAlone: true };
const GONE: Observation = { kind: 'Missing', status: 404 };
const DOWN: FailedObservation = {
  kind: 'Failed',
  error: { name: 'ServerError', message: '503' },
};
const LIMITED = {
  name: 'RateLimited',
  message: 'Upstream limits requests for this run, though it answers for others.',
} as const;

describe('a limit', () => {
  it('that may be one for all requests leaves the job as it was, but for when it was met', () => {
    const limited = { ...JOB, checkedAt: START + MINUTE, limitedAt: START + MINUTE, version: 3 };
    expect(live(JOB, [MINUTE, FOR_ALL])).toStrictEqual(limited);
  });

  it('of this run alone is a failed check, and upstream is not asked before it wants to be', () => {
    expect(live(JOB, [MINUTE, ALONE])).toStrictEqual({
      ...JOB,
      failedChecks: 1,
      lastError: { ...LIMITED, at: START + MINUTE },
      checkedAt: START + MINUTE,
      limitedAt: START + MINUTE,
      notBefore: START + HOUR,
      version: 3,
    });
  });

  it.each([FOR_ALL, ALONE])('past timeoutAt makes the job overdue since the first: %j', (limit) => {
    const twice = live(JOB, [DAY, limit], [DAY + HOUR - 1, limit]);
    expect(twice).toMatchObject({ state: 'Running', overdueSince: DAY });
  });

  it.each<[string, Observation, Decision]>([
    [
      'for all requests',
      FOR_ALL,
      { kind: 'Transition', to: 'TimedOut', reason: 'Upstream limited requests to the end.' },
    ],
    [
      'of this run alone',
      ALONE,
      {
        kind: 'Transition',
        to: 'TimedOut',
        reason: `No valid answer when the watch ran out: ${LIMITED.message}`,
        lastError: LIMITED,
        failedChecks: 2,
      },
    ],
  ])('%s that is met for an awake hour past timeoutAt ends the watch', (_, limit, end) => {
    const overdue = live(JOB, [DAY, limit]);
    expect(decide(overdue, limit, clockAfter(DAY + HOUR))).toStrictEqual(end);
  });
});

describe('a limit that was met before is over', () => {
  const limited = live(JOB, [MINUTE, ALONE]);
  const over = { ...omit(limited, 'limitedAt', 'notBefore'), version: 4 };
  const missing = { since: START + HOUR, count: 1, status: 404, countedAt: START + HOUR };
  const transition = { from: 'Running', to: 'Queued', at: START + HOUR, version: 4 };

  it.each<[string, Observation, object]>([
    ['the same state', { kind: 'Status', state: 'Running' }, { ...JOB, version: 4 }],
    [
      'another state',
      { kind: 'Status', state: 'Queued' },
      { ...JOB, state: 'Queued', transitions: [transition], version: 4 },
    ],
    ['404', GONE, { ...over, missing }],
    ['5xx', DOWN, { ...over, failedChecks: 2, lastError: { ...DOWN.error, at: START + HOUR } }],
  ])('with the first answer, if it is %s', (_, observation, job) => {
    expect(live(limited, [HOUR, observation])).toStrictEqual(job);
  });

  it.each([{ limitedAt: START }, { notBefore: START }])(
    'with one more 404 of many that changes nothing else: %j',
    (limit) => {
      const counted = live(JOB, [0, GONE], [MINUTE, GONE], [2 * MINUTE, GONE]);
      const again = live({ ...counted, ...limit }, [3 * MINUTE, GONE]);
      expect(again).toStrictEqual({ ...counted, version: counted.version + 1 });
    },
  );
});

it('upstream is not asked about a run before the time that a 503 says', () => {
  const job = live(JOB, [1, { ...DOWN, retryAt: START + MINUTE }]);
  expect(job).toMatchObject({ failedChecks: 1, notBefore: START + MINUTE });
  expect(job).not.toHaveProperty('limitedAt');
});
