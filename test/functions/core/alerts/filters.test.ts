import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ALERT_STATES,
  type AlertFilter,
  excessOf,
  type FilterPolicy,
  filterPolicy,
} from '../../../../functions/core/alerts/filters.ts';
import { isTerminal } from '../../../../functions/core/jobs/states.ts';

const ISSUES = { containsIssues: ['true', 'unknown'] };
const WITH_ISSUES = { state: ['Succeeded'], ...ISSUES };

describe('a filter becomes a filter policy', () => {
  it.each<[string, AlertFilter, FilterPolicy]>([
    ['that lets everything through', {}, {}],
    ['of states', { states: ['Failed', 'TimedOut'] }, { state: ['Failed', 'TimedOut'] }],
    ['of labels', { labelPrefix: 'Tower ' }, { label: [{ prefix: 'Tower ' }] }],
    ['of all labels where the prefix is empty', { labelPrefix: '' }, {}],
    [
      'of every state but a clean success',
      { onlyWithIssues: true },
      { $or: [{ state: [{ 'anything-but': ['Succeeded'] }] }, ISSUES] },
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
    [
      'of kinds and iModels',
      { jobKinds: ['reporting-extraction'], iModelIds: ['a', 'b'] },
      { jobKind: ['reporting-extraction'], iModelId: ['a', 'b'] },
    ],
  ])('%s', (_, filter, policy) => {
    expect(filterPolicy(filter)).toEqual(policy);
  });
});

describe('a filter is more than SNS takes', () => {
  const iModelIds = (count: number) => Array.from({ length: count }, () => randomUUID());

  it.each<[string, AlertFilter, string | undefined]>([
    ['never where it has no conditions', {}, undefined],
    ['not with 150 iModels', { iModelIds: iModelIds(150) }, undefined],
    ['with 151', { iModelIds: iModelIds(151) }, 'iModelIds'],
    [
      'not with 75 of two states',
      { states: ['Failed', 'TimedOut'], iModelIds: iModelIds(75) },
      undefined,
    ],
    ['with 76', { states: ['Failed', 'TimedOut'], iModelIds: iModelIds(76) }, 'iModelIds'],
    ['not with 50 of issues alone', { onlyWithIssues: true, iModelIds: iModelIds(50) }, undefined],
    ['with 51', { onlyWithIssues: true, iModelIds: iModelIds(51) }, 'iModelIds'],
    [
      'not with all conditions but states',
      {
        onlyWithIssues: true,
        labelPrefix: 'Tower',
        jobKinds: ['reporting-extraction'],
        iModelIds: iModelIds(1),
      },
      undefined,
    ],
    [
      'with issues of some states, and all other conditions',
      {
        states: ['Succeeded', 'Failed'],
        onlyWithIssues: true,
        labelPrefix: 'Tower',
        jobKinds: ['reporting-extraction'],
        iModelIds: iModelIds(1),
      },
      'states',
    ],
  ])('%s', (_, filter, field) => {
    expect(excessOf(filter)?.field).toBe(field);
  });
});

it('the states to choose from are the ends that are alerted, and the reminder', () => {
  const ends = ALERT_STATES.filter(isTerminal);
  expect(ALERT_STATES.filter((state) => !isTerminal(state))).toEqual(['StillRunning']);
  expect(ends).toHaveLength(7);
  expect(ends).not.toContain('Cancelled');
});
