import { expect, it } from 'vitest';
import {
  isEndedByMonitor,
  isKnownUpstream,
  isTerminal,
  MONITOR_STATES,
  stateFromUpstream,
  UPSTREAM_STATES,
} from '../../../../functions/core/jobs/states.ts';
import { parseId } from '../../../../functions/core/kinds/kinds.ts';
import { REPORTING_EXTRACTION } from '../../../../functions/core/kinds/reporting-extraction.ts';

it('ends the watch at just these states', () => {
  expect([...UPSTREAM_STATES, ...MONITOR_STATES].filter(isTerminal).sort()).toEqual([
    'AccessDenied',
    'Cancelled',
    'Failed',
    'NotFound',
    'PartiallySucceeded',
    'Succeeded',
    'TimedOut',
  ]);
  expect(isTerminal('Completed')).toBe(false);
});

it('reopens only what the monitor ended itself', () => {
  expect([...UPSTREAM_STATES, ...MONITOR_STATES].filter(isEndedByMonitor).sort()).toEqual([
    'AccessDenied',
    'Cancelled',
    'NotFound',
    'TimedOut',
  ]);
});

it('never takes an upstream word for a state of its own', () => {
  for (const word of MONITOR_STATES) {
    expect(stateFromUpstream(word)).toBe(`Upstream:${word}`);
    expect(isTerminal(`Upstream:${word}`)).toBe(false);
  }
});

it('keeps a word it has never heard of, but does not call it known', () => {
  expect(stateFromUpstream('Re-indexing_2')).toBe('Re-indexing_2');
  expect(isKnownUpstream('Re-indexing_2')).toBe(false);
  expect(isKnownUpstream('Queued')).toBe(true);
});

it.each(['', '1st', 'two words', 'Upstream:Failed', 'x'.repeat(65), 'Läuft', 'Failed\n'])(
  'takes %j for no state at all',
  (word) => {
    expect(stateFromUpstream(word)).toBeUndefined();
  },
);

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
