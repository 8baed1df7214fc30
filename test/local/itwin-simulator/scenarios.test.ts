import { expect, test } from 'vitest';
import {
  SCENARIO_NAMES,
  type ScenarioName,
  scenario,
} from '../../../local/itwin-simulator/scenarios.ts';
import { ask, JOB_ID, simulate, statusUrl } from './simulate.ts';

const SECOND = 1_000;

/** What a run is seen to do when it is asked every half second for 25 s. */
async function watch(name: ScenarioName): Promise<unknown[]> {
  let time = 0;
  const simulator = await simulate({ now: () => time });
  simulator.addRun({ jobId: JOB_ID, scenario: name });
  const seen: unknown[] = [];
  for (; time <= 25 * SECOND; time += SECOND / 2) {
    const response = await ask(statusUrl(simulator));
    const { status } = (await response.json()) as {
      status?: { state: string; containsIssues: boolean };
    };
    const now = status
      ? status.state + (status.containsIssues ? ' with issues' : '')
      : response.status;
    if (now !== seen.at(-1)) {
      seen.push(now);
    }
  }
  return seen;
}

const LIVES: Record<ScenarioName, unknown[]> = {
  succeeds: ['Queued', 'Running', 'Succeeded'],
  succeedsWithIssues: ['Queued', 'Running', 'Succeeded with issues'],
  partiallySucceeds: ['Queued', 'Running', 'PartiallySucceeded with issues'],
  fails: ['Queued', 'Running', 'Failed with issues'],
  staysRunning: ['Queued', 'Running'],
  flaps: [...Array.from({ length: 4 }, () => ['Running', 'Queued']).flat(), 'Succeeded'],
  unknownState: ['Queued', 'Running', 'Publishing', 'Succeeded'],
  isNotFound: [404],
};

test.each(SCENARIO_NAMES)('a run that %s does so within 25 s', async (name) => {
  expect(await watch(name)).toEqual(LIVES[name]);
});

test('a run that fails says why, in its reason and in its log', async () => {
  let time = 0;
  const simulator = await simulate({ now: () => time });
  simulator.addRun({ jobId: JOB_ID, scenario: 'fails' });
  time = 15 * SECOND;

  const status = await (await ask(statusUrl(simulator))).json();
  const logs = await (await ask(`${statusUrl(simulator)}/logs`)).json();

  expect(status).toMatchObject({
    status: { state: 'Failed', reason: expect.stringContaining('invalid query') },
  });
  expect(logs).toMatchObject({
    logs: [
      {
        level: 'Error',
        message: expect.stringMatching(
          /^No such class .+ MappingId: [\da-f-]{36}, GroupId: [\da-f-]{36}\.$/,
        ),
      },
      {},
    ],
  });
});

test('the scale stretches every duration', () => {
  expect(scenario('succeeds', 60).map(({ forMs }) => forMs)).toEqual([
    180 * SECOND,
    720 * SECOND,
    undefined,
  ]);
});
