import type { Answer, LogEntry, Step } from './script.ts';

const QUEUED: Answer = { state: 'Queued', reason: 'Waiting for a free worker.' };
const RUNNING: Answer = { state: 'Running', reason: 'Not completed yet.' };
const SUCCEEDED: Answer = { state: 'Succeeded', reason: 'Completed' };

const BEGINNING: readonly Step[] = [
  { answer: QUEUED, forMs: 3_000 },
  { answer: RUNNING, forMs: 12_000 },
];

const EMPTY_GROUP: LogEntry = {
  level: 'Warning',
  category: 'GroupQuery',
  message: "Group 'Fire doors' matched no element; its table is empty.",
  containsIssues: true,
};

const BROKEN_GROUP: LogEntry = {
  level: 'Error',
  category: 'GroupQuery',
  message: "Group 'Load-bearing walls': no such class BuildingSpec:LoadBearingWall.",
  containsIssues: true,
};

const SCENARIOS = {
  succeeds: [...BEGINNING, { answer: SUCCEEDED }],
  succeedsWithIssues: [
    ...BEGINNING,
    {
      answer: {
        state: 'Succeeded',
        reason: 'Completed',
        containsIssues: true,
        logs: [EMPTY_GROUP],
      },
    },
  ],
  partiallySucceeds: [
    ...BEGINNING,
    {
      answer: {
        state: 'PartiallySucceeded',
        reason: 'Extracted 2 of 3 mappings.',
        containsIssues: true,
        logs: [EMPTY_GROUP, BROKEN_GROUP],
      },
    },
  ],
  fails: [
    ...BEGINNING,
    {
      answer: {
        state: 'Failed',
        reason: "Mapping 'Structure' could not be extracted: 1 of its groups has an invalid query.",
        containsIssues: true,
        logs: [BROKEN_GROUP, { message: 'Extraction stopped at the first failing mapping.' }],
      },
    },
  ],
  staysRunning: [{ answer: QUEUED, forMs: 3_000 }, { answer: RUNNING }],
  flaps: [
    ...Array.from({ length: 4 }, () => [
      { answer: RUNNING, forMs: 2_500 },
      { answer: QUEUED, forMs: 1_500 },
    ]).flat(),
    { answer: SUCCEEDED },
  ],
  unknownState: [
    ...BEGINNING,
    { answer: { state: 'Publishing', reason: 'Writing the tables.' }, forMs: 5_000 },
    { answer: SUCCEEDED },
  ],
  isNotFound: [{ answer: { kind: 'error', status: 404 } }],
} satisfies Record<string, readonly Step[]>;

/** A ready-made life of a run. */
export type ScenarioName = keyof typeof SCENARIOS;

/** All scenarios by name. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** The steps of a scenario. They take 15 to 20 s in all, times `scale`. */
export function scenario(name: ScenarioName, scale = 1): readonly Step[] {
  const steps: readonly Step[] = SCENARIOS[name];
  return steps.map((step) =>
    step.forMs === undefined ? step : { ...step, forMs: step.forMs * scale },
  );
}
