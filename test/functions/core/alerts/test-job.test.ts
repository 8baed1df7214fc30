import { expect, it } from 'vitest';
import { alertOf } from '../../../../functions/core/alerts/alert.ts';
import { JOB_ALERT_STATES } from '../../../../functions/core/alerts/filters.ts';
import { testJob } from '../../../../functions/core/alerts/test-job.ts';
import { owedAlerts, watchOf } from '../../../../functions/core/jobs/job.ts';
import { START } from '../jobs/arbitraries.ts';

const REQUEST = { jobId: '40f71ed2-31a3-45d3-bce0-5c9f3f112c03', registeredBy: 'somebody' };

it.each(JOB_ALERT_STATES)('a made-up job owes one alert, of %s, and is not checked', (state) => {
  const job = testJob({ ...REQUEST, state }, START);
  const [id = '', ...others] = owedAlerts(job);
  const { kind, ...alert } = alertOf(job, id);
  expect(others).toEqual([]);
  expect(kind === 'StillRunning' ? kind : alert.state).toBe(state);
  expect(alert).toMatchObject({ isTest: true, at: START });
  expect(watchOf(job)).toBe('alert');
});

it('a made-up job is what was asked for, and was Queued and Running before', () => {
  const asked = {
    ...REQUEST,
    kind: 'grouping-and-mapping-extraction',
    iModelId: 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843',
    label: 'Tower B',
    containsIssues: true,
  } as const;
  const { transitions, ...job } = testJob({ ...asked, state: 'Failed' }, START);
  expect(job).toMatchObject({ ...asked, state: 'Failed', version: 4 });
  expect(transitions).toMatchObject([
    { to: 'Queued', version: 2 },
    { to: 'Running', version: 3 },
    { to: 'Failed', version: 4, reason: job.reason },
  ]);
});

it.each(JOB_ALERT_STATES)('a made-up end, as %s, says that its reason is a sample', (state) => {
  const hasReason = state !== 'Succeeded' && state !== 'StillRunning';
  const { reason } = testJob({ ...REQUEST, state }, START);
  expect(reason).toEqual(hasReason ? expect.stringMatching(/^Sample: /) : undefined);
});

it.each([
  ['Succeeded', undefined, false],
  ['Succeeded', true, true],
  ['PartiallySucceeded', undefined, true],
  ['Failed', undefined, true],
  ['TimedOut', undefined, false],
] as const)('logs are made up for one that is %s, with issues: %s? %s', (state, issues, has) => {
  const request = { ...REQUEST, state, ...(issues && { containsIssues: issues }) };
  expect('logs' in testJob(request, START)).toBe(has);
});
