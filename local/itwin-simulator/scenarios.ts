import type { Answer, LogEntry, Step } from './script.ts';

const QUEUED: Answer = { state: 'Queued', reason: 'Waiting for a free worker.' };
const RUNNING: Answer = { state: 'Running', reason: 'Not completed yet.' };
const SUCCEEDED: Answer = { state: 'Succeeded', reason: 'Completed' };

const BEGINNING: readonly Step[] = [
  { answer: QUEUED, forMs: 3_000 },
  { answer: RUNNING, forMs: 12_000 },
];

/**
 * How a message names what it is about: by ids, never by names (the extraction messages of the
 * grouping-mapping-widget, iTwin/viewer-components-react#669).
 */
function about(groupId: string): string {
  return `MappingId: 5c2a1f7e-3b64-4d0e-8f0b-9a61c7d2e814, GroupId: ${groupId}.`;
}

const EMPTY_GROUP: LogEntry = {
  level: 'Warning',
  category: 'GroupQuery',
  message: `The group matched no element. ${about('e0b7d9c4-61f2-4a35-b8de-2f7c50913a6d')}`,
  containsIssues: true,
};

const BROKEN_GROUP: LogEntry = {
  level: 'Error',
  category: 'GroupQuery',
  message: `No such class BuildingSpec:LoadBearingWall. ${about('81d6a3f0-7c5e-4b92-a4f8-d3097b1e6c25')}`,
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
