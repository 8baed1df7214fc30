import { describe, expect, it } from 'vitest';
import {
  ALERT_STATES,
  type AlertFilter,
  type FilterPolicy,
  filterPolicy,
} from '../../../../functions/core/alerts/filters.ts';
import { isTerminal } from '../../../../functions/core/jobs/states.ts';

const WITH_ISSUES = { state: ['Succeeded'], containsIssues: ['true'] };

describe('a filter becomes a filter policy', () => {
  it.each<[string, AlertFilter, FilterPolicy]>([
    ['that lets everything through', {}, {}],
    ['of states', { states: ['Failed', 'TimedOut'] }, { state: ['Failed', 'TimedOut'] }],
    ['of labels', { labelPrefix: 'Tower ' }, { label: [{ prefix: 'Tower ' }] }],
    ['of all labels where the prefix is empty', { labelPrefix: '' }, {}],
    [
      'of every state but a clean success',
      { onlyWithIssues: true },
      { $or: [{ state: [{ 'anything-but': ['Succeeded'] }] }, WITH_ISSUES] },
    ],
    [
      'of some states, but of no clean success',
      { onlyWithIssues: true, states: ['Succeeded', 'Failed'] },
      { $or: [{ state: ['Failed'] }, WITH_ISSUES] },
    ],
    ['of successes with issues', { onlyWithIssues: true, states: ['Succeeded'] }, WITH_ISSUES],
    [
      'of states alone where none of them can be clean',
      { onlyWithIssues: true, states: ['Failed'] },
      { state: ['Failed'] },
    ],
    [
      'of labels, too',
      { states: ['Failed'], labelPrefix: 'Tower ' },
      { state: ['Failed'], label: [{ prefix: 'Tower ' }] },
    ],
  ])('%s', (_, filter, policy) => {
    expect(filterPolicy(filter)).toEqual(policy);
  });
});

it('the states to choose from are the ends that are alerted, and the reminder', () => {
  const ends = ALERT_STATES.filter(isTerminal);
  expect(ALERT_STATES.filter((state) => !isTerminal(state))).toEqual(['StillRunning']);
  expect(ends).toHaveLength(6);
  expect(ends).not.toContain('Cancelled');
});
