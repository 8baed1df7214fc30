import { describe, expect, it } from 'vitest';
import {
  isEndedByMonitor,
  isPossibleState,
  isTerminal,
  MONITOR_STATES,
  type StateWords,
  stateFromUpstream,
  UPSTREAM_ENDS,
} from '../../../../functions/core/jobs/states.ts';
import { parseId } from '../../../../functions/core/kinds/kinds.ts';
import { REPORTING_EXTRACTION } from '../../../../functions/core/kinds/reporting-extraction.ts';

/** The words of a kind that has others than we have. */
const WORDS: StateWords = {
  pending: ['Waiting'],
  ends: { Complete: 'Succeeded', Invalid: 'Failed', Cancelled: 'Aborted' },
};

it('ends the watch at just these states', () => {
  const states = ['Queued', 'Running', 'Completed', ...UPSTREAM_ENDS, ...MONITOR_STATES];
  expect(states.filter(isTerminal).sort()).toEqual([
    'Aborted',
    'AccessDenied',
    'Cancelled',
    'Failed',
    'NotFound',
    'PartiallySucceeded',
    'Succeeded',
    'TimedOut',
  ]);
});

it('reopens only what the monitor ended itself', () => {
  expect([...UPSTREAM_ENDS, ...MONITOR_STATES].filter(isEndedByMonitor).sort()).toEqual([
    'AccessDenied',
    'Cancelled',
    'NotFound',
    'TimedOut',
  ]);
});

describe('an upstream word', () => {
  it.each([
    ['Complete', 'Succeeded'],
    ['COMPLETE', 'Succeeded'],
    ['Invalid', 'Failed'],
    ['cancelled', 'Aborted'],
    ['waiting', 'Waiting'],
    ['Re-indexing_2', 'Re-indexing_2'],
  ])('is what it means in its kind: %s is %s', (word, state) => {
    expect(stateFromUpstream(word, WORDS)).toBe(state);
  });

  it.each([...MONITOR_STATES, ...UPSTREAM_ENDS].filter((word) => word !== 'Cancelled'))(
    'is no state of ours if its kind does not have it: %s',
    (word) => {
      expect(stateFromUpstream(word, WORDS)).toBe(`Upstream:${word}`);
      expect(isTerminal(`Upstream:${word}`)).toBe(false);
    },
  );

  it.each([
    ...['', '1st', 'two words', 'Upstream:Failed', 'x'.repeat(65), 'Läuft', 'Failed\n'],
    '__proto__',
  ])('is no state at all when it is %j', (word) => {
    expect(stateFromUpstream(word, WORDS)).toBeUndefined();
  });

  it.each(['constructor', 'toString'])('is a word like any other when it is %s', (word) => {
    expect(stateFromUpstream(word, WORDS)).toBe(word);
  });
});

it.each([
  ['Aborted', true],
  ['Executing', true],
  ['Upstream:Cancelled', true],
  ['Upstream:Aborted', true],
  ['Upstream:Executing', false],
  ['FailedUpstream:', false],
  ['two words', false],
])('can a job be in the state %s? %s', (text, isPossible) => {
  expect(isPossibleState(text)).toBe(isPossible);
});

it('knows a job id by its lower-case spelling only', () => {
  const jobId = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
  expect(parseId(REPORTING_EXTRACTION, jobId.toUpperCase())).toBe(jobId);
});

it.each([
  '',
  '40f71ed2',
  '../40f71ed2-31a3-45d3-bce0-5c9f3f112c03',
  '40f71ed2-31a3-45d3-bce0-5c9f3f112c03/logs',
  '40f71ed2-31a3-45d3-bce0-5c9f3f112c03\n',
  '40f71ed231a345d3bce05c9f3f112c03',
  'g0f71ed2-31a3-45d3-bce0-5c9f3f112c03',
])('takes %j for no job id', (text) => {
  expect(parseId(REPORTING_EXTRACTION, text)).toBeUndefined();
});
