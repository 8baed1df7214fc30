import { expect, test } from 'vitest';
import { startItwinSimulator } from '../../../local/itwin-simulator/server.ts';
import { simulate, stateOf, statusUrl } from './simulate.ts';

test('several simulators run side by side, each on a port of its own', async () => {
  const [one, other] = await Promise.all([simulate(), simulate()]);
  one.override({ state: 'Running' });
  other.override({ state: 'Failed' });

  expect(await stateOf(one)).toBe('Running');
  expect(await stateOf(other)).toBe('Failed');
});

test('a port that is taken is reported as EADDRINUSE', async () => {
  const simulator = await simulate();
  const port = Number(new URL(simulator.url).port);

  await expect(startItwinSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a closed simulator refuses connections and gives its port back', async () => {
  const simulator = await simulate();
  const port = Number(new URL(simulator.url).port);

  await simulator.close();
  await simulator.close();

  await expect(fetch(statusUrl(simulator))).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED' },
  });
  const successor = await simulate({ port });
  expect(successor.url).toBe(simulator.url);
});

test('a run that was never added begins a scenario when it is asked about, if told so', async () => {
  let clock = 0;
  const simulator = await simulate({ unknownRuns: 'succeeds', now: () => clock });

  expect(await stateOf(simulator)).toBe('Queued');
  clock += 20_000;
  expect(await stateOf(simulator)).toBe('Succeeded');
});
