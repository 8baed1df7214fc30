import fc from 'fast-check';
import { applyChange } from '../../../../functions/core/jobs/apply.ts';
import { type Clock, decide } from '../../../../functions/core/jobs/decide.ts';
import type { Job } from '../../../../functions/core/jobs/job.ts';
import type { CheckErrorName, Observation } from '../../../../functions/core/jobs/observation.ts';
import {
  type StateWords,
  stateFromUpstream,
  UPSTREAM_ENDS,
} from '../../../../functions/core/jobs/states.ts';
import { newJob, type Registration } from '../../../../functions/core/jobs/watch.ts';
import { DAY, HOUR } from '../../../../functions/core/time.ts';

/** 2026-01-01T00:00:00Z, in ms since the epoch. */
export const START = Date.UTC(2026, 0, 1);

/** What somebody registers. */
export const REGISTRATION: Registration = {
  jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  registeredAt: START,
  registeredBy: 'test',
  timeoutAt: START + DAY,
};

/** That job, once it was seen running; how it came there is left out. */
export const RUNNING_JOB: Job = { ...newJob(REGISTRATION), state: 'Running', version: 2 };

const ERROR_NAMES: readonly CheckErrorName[] = [
  'ServerError',
  'Timeout',
  'ConnectionFailed',
  'UnexpectedResponse',
  'UnexpectedStatus',
  'Unauthorized',
  'UpstreamFault',
];

/** Words that upstream may answer with, the monitor's own and unheard-of ones included. */
const upstreamWord = fc.oneof(
  fc.constantFrom(
    'Queued',
    'Running',
    ...UPSTREAM_ENDS,
    'Registered',
    'NotFound',
    'Cancelled',
    'Paused',
  ),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/),
);

/** The words of a kind that can end in every way. */
const WORDS: StateWords = {
  pending: ['Queued', 'Running'],
  ends: Object.fromEntries(UPSTREAM_ENDS.map((end) => [end, end])),
};

/** What a check may find out. */
const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc
    .record(
      { word: upstreamWord, reason: fc.string(), containsIssues: fc.boolean() },
      { requiredKeys: ['word'] },
    )
    .map(({ word, ...facts }) => ({
      kind: 'Status' as const,
      state: stateFromUpstream(word, WORDS) ?? 'Running',
      ...facts,
    })),
  fc.record({ kind: fc.constant('Missing' as const), status: fc.constantFrom(403, 404) }),
  fc.record({
    kind: fc.constant('Failed' as const),
    error: fc.record({ name: fc.constantFrom(...ERROR_NAMES), message: fc.string() }),
  }),
);

/** Observations with the time (ms) that passes before each. */
export const history: fc.Arbitrary<{ wait: number; observation: Observation }[]> = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 2 * HOUR }), observation }),
  { maxLength: 150 },
);

/** A job just registered. */
export const job: fc.Arbitrary<Job> = fc
  .record({ jobId: fc.uuid(), timeout: fc.integer({ min: 5 * 60_000, max: 7 * DAY }) })
  .map(({ jobId, timeout }) => ({
    jobId,
    registeredAt: START,
    registeredBy: 'test',
    timeoutAt: START + timeout,
    state: 'Registered',
    version: 1,
    transitions: [],
  }));

/** Both clocks so many ms after the start, with no pause since. */
export function clockAfter(ms: number): Clock {
  return { now: START + ms, awake: ms };
}

/** Decides and applies one observation after another, each so many ms after the start. */
export function live(start: Job, ...steps: [number, Observation][]): Job {
  return steps.reduce((job, [at, observation]) => {
    const decision = decide(job, observation, clockAfter(at));
    return decision.kind === 'Unchanged' ? job : applyChange(job, decision, START + at);
  }, start);
}
