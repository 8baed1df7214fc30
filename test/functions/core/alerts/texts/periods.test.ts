import { expect, it } from 'vitest';
import { lastSeen, periodsOf } from '../../../../../functions/core/alerts/texts/timeline.ts';
import { HOUR, MINUTE } from '../../../../../functions/core/time.ts';
import { sample } from './support/all-samples.ts';
import { REGISTERED } from './support/watch.ts';

it('a watch is told from its registration to its end', () => {
  expect(periodsOf(sample('succeeded'))).toMatchObject([
    { state: 'Registered', since: REGISTERED, lasted: 51_000 },
    { state: 'Queued', lasted: 3 * MINUTE },
    { state: 'Running', lasted: 12 * MINUTE },
    { state: 'Succeeded', reason: 'Completed' },
  ]);
  expect(periodsOf(sample('succeeded')).at(-1)).not.toHaveProperty('lasted');
});

it('a reminder tells how long the run has been in its state so far', () => {
  const last = periodsOf(sample('still registered, no label')).at(-1);
  expect(last).toEqual({ state: 'Registered', since: REGISTERED, lasted: 65 * MINUTE });
});

it('a second watch is told without the first', () => {
  const periods = periodsOf(sample('failed in a second watch'));
  expect(periods.map(({ state }) => state)).toEqual(['Registered', 'Running', 'Failed']);
  expect(periods[0]?.since).toBe(REGISTERED + 5 * HOUR);
});

it('a second watch is told without the first where the clock was set back before it', () => {
  const alert = sample('failed in a second watch');
  const periods = periodsOf({ ...alert, registeredAt: REGISTERED });
  expect(periods.map(({ state }) => state)).toEqual(['Registered', 'Running', 'Failed']);
});

it('a run that a clock that is behind saw before its registration was seen', () => {
  const alert = { ...sample('failed'), registeredAt: REGISTERED + HOUR };
  const states = periodsOf(alert).map(({ state }) => state);
  expect(states).toEqual(['Registered', 'Queued', 'Running', 'Failed']);
  expect(lastSeen(alert)).toMatchObject({ state: 'Running' });
});

it('a run that was seen in the millisecond of its registration was seen', () => {
  const [queued] = sample('failed').transitions;
  if (!queued) return expect.fail('The sample has no transitions.');
  const periods = periodsOf({
    ...sample('failed'),
    transitions: [{ ...queued, at: REGISTERED }],
  });
  expect(periods).toMatchObject([{ state: 'Registered', lasted: 0 }, { state: 'Queued' }]);
});

it('how long a state lasted is not made up where changes were not kept', () => {
  const alert = sample('failed');
  const [queued, , failed] = alert.transitions;
  if (!queued || !failed) return expect.fail('The sample has too few transitions.');
  const gap = { ...alert, transitions: [queued, failed], transitionsDropped: 1 };
  expect(periodsOf(gap)[1]).toEqual({
    state: 'Queued',
    since: queued.at,
    reason: 'Waiting for a free worker.',
  });
});

it('how long a state lasted is not made up where it is the same before and behind what was not kept', () => {
  const at = (n: number) => REGISTERED + n * MINUTE;
  const words = ['Queued', 'Running'] as const;
  const flaps = Array.from({ length: 300 }, (_, n) => {
    const [from, to] = [n === 0 ? 'Registered' : words[(n + 1) % 2], words[n % 2]];
    return { from: from ?? '', to: to ?? '', at: at(n + 1), version: n + 2 };
  });
  const transitions = [...flaps.slice(0, 10), ...flaps.slice(-90, -1)];
  const flapping = { ...sample('failed'), transitions, transitionsDropped: 200 };
  const periods = periodsOf(flapping);
  expect(periods[9]).toEqual({ state: 'Queued', since: at(9), lasted: MINUTE });
  expect(periods[10]).toEqual({ state: 'Running', since: at(10) });
});

it('a run that upstream never told of was not seen', () => {
  expect(lastSeen(sample('not found, never seen'))).toBeUndefined();
  expect(lastSeen(sample('still registered, no label'))).toBeUndefined();
  expect(lastSeen(sample('not found, seen before'))?.state).toBe('Running');
  expect(lastSeen(sample('still running'))?.state).toBe('Running');
});
