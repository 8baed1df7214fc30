import type { IModel } from '../../../functions/core/imodels/imodel.ts';
import { DAY, MINUTE } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { valueAt, valuesOf } from './checks.ts';
import type { HappeningOf, Invariant, Watcher, WorldView } from './invariant.ts';
import { createPasses, patienceWith } from './passes.ts';

/** What must hold for the listings of watched iModels. */
export const listingInvariants: readonly Invariant[] = [
  { name: 'a listing without news writes nothing', watch: listingNewsOnly },
  { name: 'the window moves only by a listing that came to its end', watch: windowMoves },
  { name: 'no listing goes beyond its bound', watch: bounded },
  { name: 'a pass misses no iModel', watch: noneMissed },
  { name: 'once faults cease, no iModel starves', watch: noneStarves },
];

/** The most pages of one listing. */
const PAGES = 10;

/** A write that the condition refuses costs as much as any other. */
function listingNewsOnly(): Watcher {
  const read = new Map<Invocation, Map<string, IModel>>();
  return {
    note: {
      IModelRead({ by, iModelId, iModel }) {
        if (iModel) valueAt(read, by, () => new Map<string, IModel>()).set(iModelId, iModel);
      },
    },
    judge: {
      JobKnown({ by, jobId }) {
        if (by.kind === 'api') return;
        const iModels = [...(read.get(by)?.values() ?? [])];
        const isNoNews = iModels.some(({ known }) => known?.[jobId] !== undefined);
        return isNoNews ? `${by.name} put run ${jobId} again, which it knew` : undefined;
      },
      IModelWritten({ by, before, after }) {
        if (by.kind === 'api' || !before || !after || hasNews(before, after)) return;
        return `${by.name} wrote iModel ${after.iModelId} though nothing is new`;
      },
    },
  };
}

function hasNews(before: IModel, after: IModel): boolean {
  const isKnown = (jobId: string) => before.known?.[jobId] !== undefined;
  const isOfToday = (after.allReadAt ?? 0) - (before.allReadAt ?? 0) < DAY;
  return (
    !Object.keys(after.known ?? {}).every(isKnown) ||
    before.trouble?.cause !== after.trouble?.cause ||
    before.next?.query !== after.next?.query ||
    before.limitedAt !== after.limitedAt ||
    before.isUnordered !== after.isUnordered ||
    before.newestAt !== after.newestAt ||
    before.hasUndated !== after.hasUndated ||
    !isOfToday
  );
}

function windowMoves(): Watcher {
  return {
    judge: {
      IModelWritten({ by, before, after }) {
        if (by.kind === 'api' || after?.next === undefined) return;
        return before?.newestAt === after.newestAt && before?.floor === after.floor
          ? undefined
          : `the window of iModel ${after.iModelId} moved before its list was read to the end`;
      },
    },
  };
}

/** Refused tokens and broken connections may be followed by a second try; a page may not. */
function bounded(): Watcher {
  const read = new Map<Invocation, Map<string, Set<string>>>();
  return {
    judge: {
      ListAnswered({ by, asked, answer }) {
        if (answer?.kind !== 'Page') return;
        const { iModelId, next = 'the first' } = asked;
        const iModels = valueAt(read, by, () => new Map<string, Set<string>>());
        const pages = valuesOf(iModels, iModelId);
        if (pages.has(next)) return `${by.name} read a page of iModel ${iModelId} twice`;
        pages.add(next);
        return pages.size > PAGES
          ? `${by.name} read ${pages.size} pages of iModel ${iModelId}`
          : undefined;
      },
    },
  };
}

/** Since when iModels are watched, as far as the index may know. ms since the epoch. */
function createWatchedSince({ plan, now }: WorldView) {
  const since = new Map<string, number>();
  return {
    since,
    note({ before, after }: HappeningOf<'IModelWritten'>): void {
      if (after === undefined) since.delete(before?.iModelId ?? '');
      else if (before === undefined) since.set(after.iModelId, now() + plan.indexLag);
    },
  };
}

function noneMissed(world: WorldView): Watcher {
  const watched = createWatchedSince(world);
  const passes = createPasses(world);
  const listedAt = new Map<string, number>();
  return {
    note: {
      IModelWritten: watched.note,
      ListAnswered({ asked }) {
        listedAt.set(asked.iModelId, world.now());
      },
      // A listing that fails before its request can leave is one all the same.
      IModelRead({ by, iModelId, iModel }) {
        if (by.kind === 'sweep' && iModel === undefined) listedAt.set(iModelId, world.now());
      },
    },
    judge: {
      CheckpointWritten(written) {
        const from = passes.completedBy(written)?.from;
        if (from === undefined) return;
        for (const [iModelId, since] of watched.since) {
          // Whose own time comes when a sweep has just begun waits for the next.
          const ownTime = (world.iModel(iModelId)?.notBefore ?? 0) + world.plan.skew + MINUTE;
          if (since > from || Math.max(listedAt.get(iModelId) ?? 0, ownTime) >= from) continue;
          return `${written.by.name} completed a pass that never came to iModel ${iModelId}`;
        }
        return undefined;
      },
    },
  };
}

function noneStarves(world: WorldView): Watcher {
  const { plan } = world;
  const watched = createWatchedSince(world);
  const askedAt = new Map<string, number>();
  const patience = patienceWith(plan);
  let wellSince = plan.calmFrom + 3 * MINUTE;
  return {
    note: {
      IModelWritten: watched.note,
      ListAsked({ iModelId }) {
        askedAt.set(iModelId, world.now());
      },
    },
    judge: {
      CheckpointWritten({ after }) {
        const isBack = plan.comeback !== undefined && world.now() >= plan.comeback.from;
        if (after.pause) wellSince = Math.max(wellSince, world.now());
        // Nobody sweeps in the three months between.
        if (isBack) wellSince = Math.max(wellSince, plan.comeback?.from ?? 0);
        for (const [iModelId, since] of watched.since) {
          const notBefore = world.iModel(iModelId)?.notBefore ?? 0;
          const from = Math.max(wellSince, since, notBefore, askedAt.get(iModelId) ?? 0);
          if (world.now() - from > patience) return `nobody listed iModel ${iModelId} for too long`;
        }
        return undefined;
      },
    },
  };
}
