import { isAdoptable, isNew } from '../../../functions/core/imodels/found-runs.ts';
import { hasShownRuns, type IModel } from '../../../functions/core/imodels/imodel.ts';
import type { Job } from '../../../functions/core/jobs/job.ts';
import { isSeen, isTerminal } from '../../../functions/core/jobs/states.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import type { JobPlan } from '../plan/job-plan.ts';
import { isListed } from '../stand-ins/run-lists.ts';
import { valueAt, valuesOf } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for the runs that lists show. */
export const foundRunInvariants: readonly Invariant[] = [
  {
    name: 'every run that the lists of a watched iModel show is found',
    watch: (world) => ({ end: () => firstUnfound(world) }),
  },
  { name: 'what was over before its iModel was watched is told to nobody', watch: quietBefore },
  { name: 'no run is found again when its record has expired', watch: foundOnce },
  { name: 'what an iModel takes for known is on record', watch: knownOnRecord },
  { name: 'a run that its list shows belongs to its iModel', watch: adopted },
  { name: 'the older word of a list takes no state back', watch: noStepBack },
];

/** How far (ms) clocks may differ. */
const GRACE = 5 * MINUTE;

/** Which run ought to be a job and is none; undefined when there is no such run. */
export function firstUnfound(world: WorldView): string | undefined {
  for (const iModel of world.iModels()) {
    const run = world.plan.jobs.find(
      (job) => isDue(world, iModel, job) && !world.hasHad(job.jobId),
    );
    if (run) return `run ${run.jobId} of iModel ${iModel.iModelId} was never found`;
  }
  return undefined;
}

function isDue(world: WorldView, iModel: IModel, run: JobPlan): boolean {
  const { listed, script } = run;
  if (listed?.iModelId !== iModel.iModelId) return false;
  if (!isShown(world, iModel.iModelId, run)) return false;
  const isOver = script.end !== undefined && script.end.at <= world.now();
  if (listed.isUndated) return !isOver;
  if (listed.startedAt >= iModel.since - GRACE) return true;
  return !isOver && listed.startedAt >= iModel.since - iModel.timeoutMinutes * MINUTE;
}

function isShown({ plan, now }: WorldView, iModelId: string, run: JobPlan): boolean {
  const iModel = plan.iModels.find((each) => each.iModelId === iModelId);
  return iModel !== undefined && isListed(run, iModel, now());
}

/** Under which watch sweeps found runs, as each had read it. */
function createWatches() {
  const read = new Map<Invocation, Map<string, IModel>>();
  return {
    note({ by, iModelId, iModel }: HappeningOf<'IModelRead'>): void {
      if (iModel) valueAt(read, by, () => new Map<string, IModel>()).set(iModelId, iModel);
    },
    of: (by: Invocation, iModelId = ''): IModel | undefined => read.get(by)?.get(iModelId),
  };
}

/**
 * When the runs were over, and in their list, of which no list says when they began (ms since the epoch),
 * by job id.
 */
function endsOfUndated({ plan }: WorldView): ReadonlyMap<string, number> {
  return new Map(
    plan.jobs.flatMap(({ jobId, listed, script: { end } }) =>
      listed?.isUndated ? [[jobId, Math.max(listed.from, end?.at ?? Number.MAX_VALUE)]] : [],
    ),
  );
}

function quietBefore(world: WorldView): Watcher {
  const watches = createWatches();
  const undated = endsOfUndated(world);
  const before = new Set<string>();
  /** Which of the undated a list has shown, by sweep and iModel; and of which that is on record, too. */
  const shown = new Map<string, Set<string>>();
  const taken = new Set<string>();
  const keyOf = (by: Invocation, iModelId: string) => `${by.name}, ${iModelId}`;
  return {
    note: {
      IModelRead: watches.note,
      ListAnswered({ by, asked, answer }) {
        if (answer?.kind !== 'Page') return;
        const ids = valuesOf(shown, keyOf(by, asked.iModelId));
        for (const { jobId } of answer.runs) if (undated.has(jobId)) ids.add(jobId);
      },
      IModelWritten({ by, after }) {
        for (const id of shown.get(keyOf(by, after?.iModelId ?? '')) ?? []) taken.add(id);
      },
    },
    judge: {
      JobWritten({ by, before: known, after }) {
        if (by.kind === 'api') before.delete(after.jobId);
        if (by.kind === 'api' || known !== undefined) return whyTold(known, after, before);
        const watch = watches.of(by, after.iModelId);
        const undatedEnd = undated.get(after.jobId);
        const began = undatedEnd ?? after.startedAt;
        // A list that changes while it is read may show a run for the first time long after; a sweep that
        // died before it could say so has not seen it.
        const isFirst = undatedEnd !== undefined && !taken.has(after.jobId);
        const isNews = isFirst && watch !== undefined && hasShownRuns(watch);
        const isBefore = began !== undefined && !isNews && began < (watch?.since ?? 0) - GRACE;
        if (isBefore) before.add(after.jobId);
        const isUnheard = after.isQuietIfOver && !isBefore && undatedEnd === undefined;
        if (isUnheard) return `run ${after.jobId} would end unheard`;
        return isBefore && isTerminal(after.state)
          ? `run ${after.jobId} began before its iModel was watched, and was told as ${after.state}`
          : undefined;
      },
    },
  };
}

function whyTold(
  known: Job | undefined,
  { jobId, state, owed }: Job,
  before: ReadonlySet<string>,
): string | undefined {
  const isFirstSeen = known !== undefined && !isSeen(known.state) && isTerminal(state);
  if (!isFirstSeen || state === 'Cancelled' || !before.has(jobId)) return undefined;
  return Object.keys(owed ?? {}).length > 0
    ? `run ${jobId} was over when it was first seen, and its end is told`
    : undefined;
}

/**
 * Of a run that was never listed under this watch, nobody can tell that it was on record once: who
 * watches an iModel anew, or another list of it, is shown what that list has.
 */
function foundOnce(): Watcher {
  const listed = new Set<string>();
  const expired = new Set<string>();
  return {
    note: {
      IModelWritten({ by, before, after }) {
        const known = Object.keys(after?.known ?? {});
        const forgotten = by.kind === 'api' ? Object.keys(before?.known ?? {}) : [];
        for (const jobId of forgotten) {
          listed.delete(jobId);
          expired.delete(jobId);
        }
        for (const jobId of known) listed.add(jobId);
      },
      JobExpired({ job }) {
        if (listed.has(job.jobId)) expired.add(job.jobId);
      },
    },
    judge: {
      JobWritten({ by, before, after }) {
        const isAgain = by.kind === 'sweep' && before === undefined && expired.has(after.jobId);
        return isAgain ? `${by.name} found run ${after.jobId} again` : undefined;
      },
    },
  };
}

/** Else a sweep that dies in between loses the run: nobody would put it on record any more. */
function knownOnRecord(world: WorldView): Watcher {
  const undated = endsOfUndated(world);
  return {
    judge: {
      IModelWritten({ by, before, after }) {
        if (by.kind === 'api' || after === undefined) return;
        const added = Object.entries(after.known ?? {}).filter(
          ([jobId]) => before?.known?.[jobId] === undefined,
        );
        const [lost] = added.find(
          ([jobId, startedAt]) =>
            startedAt >= after.since - GRACE && !undated.has(jobId) && !world.hasHad(jobId),
        ) ?? [undefined];
        return lost === undefined
          ? undefined
          : `iModel ${after.iModelId} takes run ${lost} for known, which is not on record`;
      },
    },
  };
}

/** A sweep adopts what a list shows for the first time and somebody had registered before. */
function adopted(world: WorldView): Watcher {
  const watches = createWatches();
  const shown = new Map<
    Invocation,
    Map<string, { readonly job: Job; readonly iModelId: string }>
  >();
  return {
    note: {
      IModelRead: watches.note,
      ListAnswered({ by, asked: { iModelId }, answer }) {
        const watch = watches.of(by, iModelId);
        if (answer?.kind !== 'Page' || !watch) return;
        const jobs = valueAt(shown, by, () => new Map());
        for (const run of answer.runs) {
          const job = world.job(run.jobId);
          if (job && isNew(watch, run) && isAdoptable(job, watch))
            jobs.set(run.jobId, { job, iModelId });
        }
      },
    },
    judge: {
      Ended({ by, end }) {
        const { outcome, errors, lostConditions } = (end.kind === 'Returned' && end.report) || {};
        const jobs = [...(shown.get(by)?.values() ?? [])];
        shown.delete(by);
        if (outcome !== 'Completed' || errors || lostConditions) return;
        const stray = jobs.find(({ job: { jobId, version }, iModelId }) => {
          // What the end of the sweep cut short is new to the next one.
          const isDone = world.iModel(iModelId)?.known?.[jobId] !== undefined;
          return isDone && world.job(jobId)?.version === version;
        });
        return stray && `job ${stray.job.jobId} was listed and adopted by no iModel`;
      },
    },
  };
}

/** Upstream's own steps back, as told by id, are news. */
function noStepBack(): Watcher {
  const told = new Map<Invocation, Set<string>>();
  return {
    note: {
      Answered({ by, jobId, answer }) {
        if (answer?.kind === 'Status') valuesOf(told, by).add(`${jobId}, ${answer.state}`);
      },
    },
    judge: {
      JobWritten({ by, before, after }) {
        const { jobId, state, transitions } = after;
        if (by.kind === 'api' || !before || before.state === state || isTerminal(state)) return;
        if (told.get(by)?.has(`${jobId}, ${state}`)) return;
        const past = transitions.slice(0, -1);
        const reopened = past.findLastIndex(({ to }) => to === 'Registered');
        const wasHad = past.slice(reopened + 1).some(({ to }) => to === state);
        const isBefore = state === 'Queued' && before.state === 'Running';
        return wasHad || isBefore
          ? `job ${jobId} went back from ${before.state} to ${state} on the word of a list`
          : undefined;
      },
    },
  };
}
