import type { Job } from '../../../functions/core/jobs/job.ts';
import { isTerminal } from '../../../functions/core/jobs/states.ts';
import {
  countLength,
  countOf,
  groupOf,
  type LengthCounts,
} from '../../../functions/core/statistics/lengths.ts';
import type { Invocation } from '../invocation.ts';
import { valueAt } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for what is usual of runs. */
export const usualLengthInvariants: readonly Invariant[] = [
  { name: 'a run is told of as unusually long once a watch', watch: onceAWatch },
  { name: 'nothing is unusual of fewer than 10 known ends', watch: knownEnds },
  {
    name: 'whoever says when to be reminded is not told of an unusual length',
    watch: () => ({ judge: { JobWritten: ownReminder } }),
  },
  { name: 'what is usual comes of ends that the sweep itself has put on record', watch: ownEnds },
];

type Written = HappeningOf<'JobWritten'>;

function watchOf({ jobId, registeredAt }: Job): string {
  return `${jobId}, registered at ${registeredAt}`;
}

/** Whether a write made somebody be told later that the run is unusually long. */
function isPlanned({ before, after }: Written): boolean {
  return after.remindCause !== undefined && before?.remindCause === undefined;
}

function onceAWatch(): Watcher {
  const told = new Map<string, string>();
  return {
    judge: {
      JobWritten({ before, after }) {
        if (after.remindCause === undefined) return;
        for (const [id, kind] of Object.entries(after.owed ?? {})) {
          if (kind !== 'StillRunning' || before?.owed?.[id] !== undefined) continue;
          const known = told.get(watchOf(after)) ?? id;
          told.set(watchOf(after), known);
          if (known !== id) return `job ${watchOf(after)} was told of by ${known} and by ${id}`;
        }
        return undefined;
      },
    },
  };
}

function knownEnds(world: WorldView): Watcher {
  const counts = new Map<string, LengthCounts>();
  return {
    note: {
      LengthsWritten({ after }) {
        counts.set(after.group, after.counts);
      },
    },
    judge: {
      JobWritten(written) {
        const { after } = written;
        const isNew = isPlanned(written) || (after.usual && !written.before?.usual);
        const known = countOf(counts.get(groupOf(after) ?? '') ?? world.plan.lengths ?? {});
        if (!isNew || known >= 10) return undefined;
        return `job ${watchOf(after)} is compared with ${known} runs`;
      },
    },
  };
}

function ownReminder(written: Written): string | undefined {
  const { before, after } = written;
  const { remindAt, remindedAt, unusuallyLong } = before ?? after;
  const isWished = before !== undefined && (remindAt ?? remindedAt) !== undefined;
  if (!isPlanned(written) || !(isWished || unusuallyLong === false)) return undefined;
  return `job ${watchOf(after)} is to be told of otherwise than was asked for`;
}

/** Halving takes away and moves nothing, so no class may have more in it than was found to end. */
function ownEnds(): Watcher {
  const ended = new Map<Invocation, Map<string, LengthCounts>>();
  return {
    note: {
      JobWritten({ by, before, after }) {
        const group = groupOf(after);
        const isEnd = before?.state !== after.state && isTerminal(after.state);
        if (!isEnd || group === undefined || after.runLength === undefined) return;
        const groups = valueAt(ended, by, () => new Map<string, LengthCounts>());
        groups.set(group, countLength(groups.get(group) ?? {}, after.runLength));
      },
    },
    judge: {
      LengthsWritten({ by, before, after }) {
        const own = ended.get(by)?.get(after.group) ?? {};
        const wrong = Object.entries(after.counts).find(
          ([key, count]) => count > (before?.counts[key] ?? 0) + (own[key] ?? 0),
        );
        return wrong && `${by.name} learned of runs whose ends it had not found: ${wrong}`;
      },
    },
  };
}
