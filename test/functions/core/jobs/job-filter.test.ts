import { describe, expect, it } from 'vitest';
import { isAmong, type JobFilter } from '../../../../functions/core/jobs/job-filter.ts';
import { DEFAULT_KIND } from '../../../../functions/core/kinds/kinds.ts';
import { START } from './arbitraries.ts';

const RUNNING = { state: 'Running', label: 'Tower B, nightly', registeredAt: START };
const FAILED = { ...RUNNING, state: 'Failed' };
const WITH_ISSUES = { ...FAILED, containsIssues: true };
const CLEAN = { ...FAILED, containsIssues: false };
const NO_LABEL = { state: 'Running', registeredAt: START };
const OTHER = 'grouping-and-mapping-extraction';
const OF_OTHER_KIND = { ...NO_LABEL, kind: OTHER } as const;

describe('a list', () => {
  it.each<[string, JobFilter, typeof NO_LABEL, boolean]>([
    ['without conditions has every job', {}, NO_LABEL, true],
    ['without conditions has one with issues, too', {}, WITH_ISSUES, true],
    ['of a kind has the jobs of it', { kind: OTHER }, OF_OTHER_KIND, true],
    ['of a kind has no other', { kind: OTHER }, NO_LABEL, false],
    ['of Reporting extractions has jobs that name no kind', { kind: DEFAULT_KIND }, NO_LABEL, true],
    [
      'of Reporting extractions has none of another kind',
      { kind: DEFAULT_KIND },
      OF_OTHER_KIND,
      false,
    ],
    ['of one state has the jobs in it', { state: ['Running'] }, RUNNING, true],
    ['of one state has no other', { state: ['Running'] }, FAILED, false],
    ['of several states has jobs in each', { state: ['Running', 'Failed'] }, FAILED, true],
    ['of issues has those with some', { containsIssues: true }, WITH_ISSUES, true],
    ['of issues has none without', { containsIssues: true }, CLEAN, false],
    ['of issues has none of which that is not known', { containsIssues: true }, FAILED, false],
    [
      'without issues has none of which that is not known',
      { containsIssues: false },
      FAILED,
      false,
    ],
    ['of pending jobs has one under watch', { stateGroup: 'pending' }, RUNNING, true],
    ['of pending jobs has none that ended', { stateGroup: 'pending' }, FAILED, false],
    ['of ended jobs has one that ended', { stateGroup: 'ended' }, FAILED, true],
    ['of ended jobs has none under watch', { stateGroup: 'ended' }, RUNNING, false],
    ['by label has those that begin so', { labelPrefix: 'Tower B' }, RUNNING, true],
    ['by label has none that goes so only further on', { labelPrefix: 'nightly' }, RUNNING, false],
    ['by label goes by letter case', { labelPrefix: 'tower' }, RUNNING, false],
    ['by label has none without', { labelPrefix: 'Tower' }, NO_LABEL, false],
    ['by time has one of that moment', { registeredFrom: START }, RUNNING, true],
    ['by time has none from before', { registeredFrom: START + 1 }, RUNNING, false],
    [
      'of several conditions asks for all',
      { state: ['Running'], labelPrefix: 'x' },
      RUNNING,
      false,
    ],
  ])('%s', (_, filter, job, answer) => {
    expect(isAmong(filter, job)).toBe(answer);
  });
});
