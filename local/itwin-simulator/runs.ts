import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { JOB_KINDS, type JobKind, type Named, type Run } from './kinds.ts';
import type { RunList } from './pages.ts';
import { SCENARIO_NAMES, type ScenarioName, scenario } from './scenarios.ts';
import { type Answer, advance, type Position, type Step, stepSchema } from './script.ts';

const runFields = {
  jobId: z
    .string()
    .regex(/^[\w-]{20,128}$/)
    .optional(),
  connection: z
    .strictObject({
      id: z.string().regex(/^[\w-]{20,64}$/),
      type: z.string().regex(/^(storage|manifest)$/),
    })
    .optional(),
  iModelId: z.guid().optional(),
  kinds: z.array(z.enum(JOB_KINDS)).min(1).optional(),
  startedMsAgo: z.number().nonnegative().optional(),
  listedAfterMs: z.number().nonnegative().optional(),
};

/** A run that follows steps of its own; see {@link NewRun}. */
export const scriptedRunSchema = z.strictObject({
  ...runFields,
  steps: z.array(stepSchema).min(1),
});

/** A run that follows a named scenario; see {@link NewRun}. */
export const scenarioRunSchema = z.strictObject({
  ...runFields,
  scenario: z.enum(SCENARIO_NAMES),
  scale: z.number().positive().optional(),
});

/**
 * A run that begins now, or began `startedMsAgo` and has come as far by its script. Without a `jobId`
 * it gets a new one; with that of a known run it takes its place. It is of a connection or an iModel if it
 * names one, known to the APIs of these `kinds` (default: all), and in lists from `listedAfterMs` after its start
 * on. `scale` stretches the durations of a scenario (default 1: 15 to 20 s).
 */
export type NewRun = Readonly<
  z.infer<typeof scriptedRunSchema> | z.infer<typeof scenarioRunSchema>
>;

/** What a run answers at the moment. */
export type DueAnswer = {
  readonly answer: Answer;
  /** When the step it belongs to began, ms since the epoch. */
  readonly since: number;
  readonly run: Run;
};

/** The simulated runs. Their ids are in lower case if they are UUIDs, and found in any case then. */
export type Runs = {
  /** Adds a run, or replaces the one of the same job id; returns its job id. */
  readonly add: (run: NewRun) => string;
  /** Lets a run answer this from now on, whatever its script said. Adds it if need be. */
  readonly set: (jobId: string, answer: Answer) => void;
  /** What a run answers now to the API of a kind; undefined when that does not know it. */
  readonly due: (kind: JobKind, jobId: string) => DueAnswer | undefined;
  /** As `due`, and counts as one of the requests that a step lasts for. */
  readonly answerRequest: (kind: JobKind, named: Named) => DueAnswer | undefined;
  /** Every run with its present answer, in the order they were added. */
  readonly list: () => readonly (Run & { readonly answer: Answer | undefined })[];
  /** What a list says of an iModel's runs now, in the order they began. */
  readonly listed: (kind: JobKind, iModelId: string) => RunList['runs'];
};

type KeptRun = {
  readonly run: Run;
  readonly kinds: readonly JobKind[];
  readonly listedAt: number;
  readonly steps: readonly Step[];
  position: Position;
};

/**
 * An empty set of runs whose steps follow the clock `now` (ms since the epoch).
 *
 * @param unknown the scenario that a run begins when somebody asks about it first; absent: there are
 * no runs but those that were added
 */
export function createRuns(now: () => number, unknown?: ScenarioName): Runs {
  const runs = new Map<string, KeptRun>();
  const find = (kind: JobKind, jobId: string) => {
    const kept = runs.get(normalized(jobId));
    return kept?.kinds.includes(kind) ? kept : undefined;
  };
  const add = (run: NewRun): string => {
    const kept = begun(run, now());
    runs.set(kept.run.jobId, kept);
    return kept.run.jobId;
  };
  return {
    add,
    set: (jobId, answer) => {
      const steps = [{ answer }];
      const known = runs.get(normalized(jobId));
      if (known === undefined) add({ jobId, steps });
      else runs.set(known.run.jobId, { ...known, steps, position: startAt(now()) });
    },
    due: (kind, jobId) => take(find(kind, jobId), now(), 0),
    answerRequest: (kind, { jobId, connection }) => {
      if (unknown && !runs.has(normalized(jobId))) add({ jobId, connection, scenario: unknown });
      return take(find(kind, jobId), now(), 1);
    },
    list: () =>
      [...runs.values()].map((kept) => ({ ...kept.run, answer: take(kept, now(), 0)?.answer })),
    listed: (kind, iModelId) =>
      [...runs.values()]
        .filter(({ run }) => run.iModelId === normalized(iModelId))
        .filter(({ kinds, listedAt }) => kinds.includes(kind) && listedAt <= now())
        .toSorted((one, other) => one.run.startedAt - other.run.startedAt)
        .map((kept) => ({ run: kept.run, state: stateOf(kept, now()) })),
  };
}

function begun(run: NewRun, now: number): KeptRun {
  const { jobId = randomUUID(), connection, iModelId, kinds = JOB_KINDS } = run;
  const { startedMsAgo = 0, listedAfterMs = 0 } = run;
  const startedAt = now - startedMsAgo;
  return {
    run: {
      jobId: normalized(jobId),
      connection,
      iModelId: iModelId && normalized(iModelId),
      startedAt,
    },
    kinds,
    listedAt: startedAt + listedAfterMs,
    steps: 'steps' in run ? run.steps : scenario(run.scenario, run.scale),
    position: startAt(startedAt),
  };
}

/** The beginning of a script that begins at `since`, ms since the epoch. */
export function startAt(since: number): Position {
  return { step: 0, since, answered: 0 };
}

function take(kept: KeptRun | undefined, now: number, requests: 0 | 1): DueAnswer | undefined {
  if (kept === undefined) return undefined;
  const position = advance(kept.steps, kept.position, now);
  kept.position = { ...position, answered: position.answered + requests };
  const step = kept.steps[position.step];
  return step && { answer: step.answer, since: position.since, run: kept.run };
}

/** The last word that a run had; a step that answers badly has none of its own. */
function stateOf({ steps, position }: KeptRun, now: number): string {
  const { step } = advance(steps, position, now);
  const told = steps.slice(0, step + 1).findLast(({ answer }) => 'state' in answer);
  return told && 'state' in told.answer ? told.answer.state : 'Queued';
}

/** A UUID in lower case; any other id as it is. */
export function normalized(id: string): string {
  return z.guid().safeParse(id).success ? id.toLowerCase() : id;
}
