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
const NO_DIGEST = { state: [{ 'anything-but': ['Digest'] }] };
const WITH_ISSUES = { state: ['Succeeded'], ...ISSUES };

describe('a filter becomes a filter policy', () => {
  it.each<[string, AlertFilter, FilterPolicy]>([
    ['that lets everything through', {}, {}],
    ['of states', { states: ['Failed', 'TimedOut'] }, { state: ['Failed', 'TimedOut'] }],
    ['of labels', { labelPrefixes: ['Tower '] }, { label: [{ prefix: 'Tower ' }] }],
    [
      'of several beginnings of labels',
      { labelPrefixes: ['Bridge', 'Tower'] },
      { label: [{ prefix: 'Bridge' }, { prefix: 'Tower' }] },
    ],
    [
      'of all labels but some, and of jobs without one',
      { exceptLabelPrefix: 'Test' },
      { label: [{ 'anything-but': { prefix: 'Test' } }, { exists: false }], ...NO_DIGEST },
    ],
    [
      'of all iModels but some, and of jobs whose iModel is not known',
      { exceptIModelIds: ['a', 'b'] },
      { iModelId: [{ 'anything-but': ['a', 'b'] }, { exists: false }], ...NO_DIGEST },
    ],
    [
      'of every state but a clean success',
      { onlyWithIssues: true },
      { $or: [{ state: [{ 'anything-but': ['Succeeded', 'Digest'] }] }, ISSUES] },
    ],
    ['of digests alone', { states: ['Digest'] }, { state: ['Digest'] }],
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
      { states: ['Failed'], labelPrefixes: ['Tower '] },
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
    ['not with 149 iModels left out', { exceptIModelIds: iModelIds(149) }, undefined],
    ['with 150 left out', { exceptIModelIds: iModelIds(150) }, 'exceptIModelIds'],
    ['with 151 beginnings of labels', { labelPrefixes: iModelIds(151) }, 'labelPrefixes'],
    [
      'with labels given and left out at once',
      { labelPrefixes: ['Tower'], exceptLabelPrefix: 'Tower test' },
      'exceptLabelPrefix',
    ],
    [
      'with iModels given and left out at once',
      { iModelIds: iModelIds(1), exceptIModelIds: iModelIds(1) },
      'exceptIModelIds',
    ],
    [
      'with digests of some labels, which no digest has',
      { states: ['Failed', 'Digest'], labelPrefixes: ['Tower'] },
      'states',
    ],
    [
      'not with digests and labels left out',
      { states: ['Failed', 'Digest'], exceptLabelPrefix: 'Tower' },
      undefined,
    ],
    [
      'not with all conditions but states',
      {
        onlyWithIssues: true,
        labelPrefixes: ['Tower'],
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
        labelPrefixes: ['Tower'],
        jobKinds: ['reporting-extraction'],
        iModelIds: iModelIds(1),
      },
      'states',
    ],
  ])('%s', (_, filter, field) => {
    expect(excessOf(filter)?.field).toBe(field);
  });
});

it.each<[RegExp, AlertFilter]>([
  [/labelPrefixes: SNS takes one/, { labelPrefixes: ['Tower'], exceptLabelPrefix: 'Tower test' }],
  [/without Digest/, { states: ['Failed', 'Digest'], labelPrefixes: ['Tower'] }],
  [/fewer: .* over 150/, { iModelIds: Array.from({ length: 151 }, () => randomUUID()) }],
  [
    /no more keys/,
    {
      states: ['Succeeded', 'Failed'],
      onlyWithIssues: true,
      labelPrefixes: ['Tower'],
      jobKinds: ['reporting-extraction'],
      iModelIds: [randomUUID()],
    },
  ],
])('what is more than SNS takes must be %s', (detail, filter) => {
  expect(excessOf(filter)?.detail).toMatch(detail);
});

it('the states to choose from are the ends that are alerted, the reminder and the digest', () => {
  const ends = ALERT_STATES.filter(isTerminal);
  expect(ALERT_STATES.filter((state) => !isTerminal(state))).toEqual(['StillRunning', 'Digest']);
  expect(ends).toHaveLength(7);
  expect(ends).not.toContain('Cancelled');
});
