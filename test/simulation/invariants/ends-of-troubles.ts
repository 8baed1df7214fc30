import type { SweepReport } from '../../../functions/monitor/metrics.ts';
import type { Invocation } from '../invocation.ts';
import type { Invariant, Watcher } from './invariant.ts';

/** What must hold for the word that a trouble is over. */
export const endOfTroubleInvariants: readonly Invariant[] = [
  {
    name: 'what only checks meet with is over only once a sweep has checked, and not met with it',
    watch: seenToEnd,
  },
];

/** Which of them a sweep met with, as it says itself. */
const MET_BY_CHECKS: ReadonlyMap<string, (report: SweepReport) => boolean> = new Map([
  ['UpstreamFault', ({ upstreamFaults }: SweepReport) => upstreamFaults > 0],
  ['IModelsUnread', ({ iModelsInTrouble }: SweepReport) => iModelsInTrouble > 0],
  ['ChecksLate', ({ lateness = 0 }: SweepReport) => lateness > 2],
]);

/** A sweep that leaves a pause may have stopped before it came by what is wrong. */
function seenToEnd(): Watcher {
  /** Whose end nobody can have seen yet, and which sweep met with it last. */
  const open = new Map<string, string>();
  const hasChecked = new Set<Invocation>();
  return {
    note: {
      CheckpointWritten({ by, before, after }) {
        const isEnd = after.leaseUntil === undefined && after.lastSweepAt !== before?.lastSweepAt;
        if (isEnd && after.pause === undefined) hasChecked.add(by);
      },
      Ended({ by, end }) {
        if (by.kind === 'api') return;
        const report = end.kind === 'Returned' ? end.report : undefined;
        for (const [name, isMet] of MET_BY_CHECKS) {
          if (report && isMet(report)) open.set(name, by.name);
          else if (hasChecked.has(by)) open.delete(name);
        }
        hasChecked.delete(by);
      },
    },
    judge: {
      NoticeAccepted({ notice: { id, trouble, phase } }) {
        const last = open.get(trouble);
        if (phase === 'Began' || last === undefined) return;
        return `${id} came, though no sweep has checked since ${last}, which met with it`;
      },
    },
  };
}
