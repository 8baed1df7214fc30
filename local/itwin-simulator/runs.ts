import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SCENARIO_NAMES, type ScenarioName, scenario } from './scenarios.ts';
import { type Answer, advance, type Position, type Step, stepSchema } from './script.ts';

const jobId = z.guid().optional();

/** A run that follows steps of its own; see {@link NewRun}. */
export const scriptedRunSchema = z.strictObject({ jobId, steps: z.array(stepSchema).min(1) });

/** A run that follows a named scenario; see {@link NewRun}. */
export const scenarioRunSchema = z.strictObject({
  jobId,
  scenario: z.enum(SCENARIO_NAMES),
  scale: z.number().positive().optional(),
});

/**
 * A run to be simulated from now on. Without a `jobId` it gets a new one; with that of a known
 * run it takes its place. `scale` stretches the durations of a scenario (default 1: 15 to 20 s).
 */
export type NewRun = Readonly<
  z.infer<typeof scriptedRunSchema> | z.infer<typeof scenarioRunSchema>
>;

/** What a run answers at the moment. */
export type DueAnswer = {
  readonly answer: Answer;
  /** When the step it belongs to began, ms since the epoch. */
  readonly since: number;
};

/** The simulated runs. */
export type Runs = {
  /** Adds a run, or replaces the one of the same job id; returns its job id, in lower case. */
  readonly add: (run: NewRun) => string;
  /** What a run answers now; undefined for an unknown job id, which may be in any case. */
  readonly due: (jobId: string) => DueAnswer | undefined;
  /** As `due`, and counts as one of the requests that a step lasts for. */
  readonly answerRequest: (jobId: string) => DueAnswer | undefined;
  /** Job id and present answer of every run, in the order they were added. */
  readonly list: () => readonly {
    readonly jobId: string;
    readonly answer: Answer | undefined;
  }[];
};

/**
 * An empty set of runs whose steps follow the clock `now` (ms since the epoch).
 *
 * @param unknown the scenario that a run begins when somebody asks about it first; absent: there are
 * no runs but those that were added
 */
export function createRuns(now: () => number, unknown?: ScenarioName): Runs {
  const runs = new Map<string, { readonly steps: readonly Step[]; position: Position }>();

  const take = (jobId: string, requests: 0 | 1): DueAnswer | undefined => {
    const run = runs.get(jobId.toLowerCase());
    if (run === undefined) {
      return undefined;
    }
    const position = advance(run.steps, run.position, now());
    run.position = { ...position, answered: position.answered + requests };
    const step = run.steps[position.step];
    return step && { answer: step.answer, since: position.since };
  };

  const add = (run: NewRun): string => {
    const jobId = (run.jobId ?? randomUUID()).toLowerCase();
    const steps = 'steps' in run ? run.steps : scenario(run.scenario, run.scale);
    runs.set(jobId, { steps, position: { step: 0, since: now(), answered: 0 } });
    return jobId;
  };

  return {
    add,
    due: (jobId) => take(jobId, 0),
    answerRequest: (jobId) => {
      if (unknown && !runs.has(jobId.toLowerCase())) add({ jobId, scenario: unknown });
      return take(jobId, 1);
    },
    list: () => [...runs.keys()].map((jobId) => ({ jobId, answer: take(jobId, 0)?.answer })),
  };
}
