import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import { failingSince } from '../../../functions/core/sweeps/faults.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import type { AcceptedNotice } from '../happenings.ts';
import type { Invocation } from '../invocation.ts';
import type { HappeningOf, Invariant, Watcher } from './invariant.ts';
import { isLease } from './requests.ts';

/** What must hold for what the operator is told. */
export const noticeInvariants: readonly Invariant[] = [
  { name: 'the operator is told of each trouble that lasts, and of its end', watch: lastingTold },
  { name: 'the operator is told of no trouble before its time', watch: nothingEarly },
  { name: 'each trouble is told once, and its end after it', watch: oneAtATime },
];

/** For how long (ms) each lasts before it is told, as the runbook promises. */
const TOLD_AFTER: Readonly<Record<string, number>> = {
  CredentialsRefused: 5 * MINUTE,
  UpstreamDown: 5 * MINUTE,
  UpstreamFault: 15 * MINUTE,
  RateLimited: 30 * MINUTE,
};
const OVER_AFTER = 5 * MINUTE;
/** Between the end of a sweep and what it writes of it, and between a record and the sweep after it. */
const SLACK = 2 * MINUTE;

/** For how long a trouble was met with by sweeps (ms since the epoch). */
interface Span {
  readonly since: number;
  readonly lastMet: number;
}

type Spans = ReadonlyMap<string, Span>;

/** Which troubles a checkpoint shows, by its plain facts. */
function troublesIn({ pause, contact }: Checkpoint): ReadonlyMap<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  if (pause) found.set(pause.reason, undefined);
  const downSince = contact && failingSince(contact);
  if (downSince !== undefined) found.set('UpstreamDown', downSince);
  return found;
}

/** What only checks meet with: while requests are paused, nobody can see the end of one that was told. */
const MET_BY_CHECKS = 'UpstreamFault';

/**
 * The troubles on record, sweep by sweep. One that is owed, or was told, is that trouble until its end is
 * told.
 *
 * @param slack how much longer (ms) than promised one has to last until it counts as owed
 * @param told those whose beginning was told
 */
function createSpans(slack: number, told: ReadonlySet<string> = new Set()) {
  const spans = new Map<string, Span>();
  return {
    current: spans as Spans,
    note({ before, after }: HappeningOf<'CheckpointWritten'>): void {
      const now = after.lastSweepAt;
      if (now === undefined || now === before?.lastSweepAt) return;
      const met = new Map(troublesIn(after));
      if (after.pause && told.has(MET_BY_CHECKS)) met.set(MET_BY_CHECKS, undefined);
      for (const [name, began] of met) {
        const known = spans.get(name);
        const owedAfter = (TOLD_AFTER[name] ?? 0) + slack;
        const isOwed = known && known.lastMet - known.since >= owedAfter;
        const goesOn = isOwed || (known && now - known.lastMet < OVER_AFTER - slack);
        const since = goesOn && (began === undefined || isOwed) ? known.since : began;
        spans.set(name, { since: since ?? now, lastMet: now });
      }
    },
    told({ trouble, phase }: AcceptedNotice): void {
      if (phase === 'Over') spans.delete(trouble);
    },
  };
}

function lastingTold(): Watcher {
  const told = new Set<string>();
  const spans = createSpans(SLACK, told);
  const owedBy = new Map<Invocation, readonly string[]>();

  function owed({ lastSweepAt = 0, troubles = {} }: Checkpoint): readonly string[] {
    return [...spans.current].flatMap(([name, { since, lastMet }]) => {
      if (told.has(name)) {
        // A sweep that died after it told may have left no word of that.
        const isKnown = troubles[name as keyof typeof troubles]?.isTold === true;
        return isKnown && lastSweepAt - lastMet >= OVER_AFTER + SLACK ? `${name} over` : [];
      }
      const isLasting = lastMet - since >= (TOLD_AFTER[name] ?? 0) + SLACK;
      return isLasting && lastSweepAt - lastMet < OVER_AFTER - SLACK ? `${name} began` : [];
    });
  }

  return {
    note: {
      CheckpointWritten(written) {
        if (isLease(written.before, written.after)) {
          owedBy.set(written.by, written.before ? owed(written.before) : []);
        }
        spans.note(written);
      },
      NoticeAccepted({ by, notice }) {
        const { trouble, phase } = notice;
        spans.told(notice);
        if (phase === 'Began') told.add(trouble);
        else told.delete(trouble);
        const left = owedBy.get(by)?.filter((each) => each !== `${trouble} ${phase.toLowerCase()}`);
        if (left) owedBy.set(by, left);
      },
    },
    judge: {
      Ended({ by, end }) {
        const { outcome, errors } = (end.kind === 'Returned' && end.report) || {};
        const isWell = errors === 0 && (outcome === 'Completed' || outcome === 'Paused');
        const left = owedBy.get(by) ?? [];
        owedBy.delete(by);
        return isWell && left.length > 0 ? `a sweep did not tell: ${left.join()}` : undefined;
      },
    },
  };
}

function nothingEarly(): Watcher {
  const spans = createSpans(-SLACK);
  return {
    note: { CheckpointWritten: spans.note, NoticeAccepted: ({ notice }) => spans.told(notice) },
    judge: {
      NoticeAccepted({ notice: { id, trouble, phase } }) {
        const span = spans.current.get(trouble);
        const least = TOLD_AFTER[trouble];
        if (phase === 'Over' || least === undefined) return;
        const lasted = span ? span.lastMet - span.since : 0;
        return lasted + SLACK < least ? `${id} came after ${lasted} ms` : undefined;
      },
    },
  };
}

function oneAtATime(): Watcher {
  const open = new Map<string, string>();
  return {
    note: {
      CheckpointWritten({ before, after }) {
        for (const [name, { since }] of Object.entries(after.troubles ?? {})) {
          const old = before?.troubles?.[name as keyof typeof before.troubles];
          // Its end was to be told, and the topic did not say that it took that: then it may come anew.
          const isOver = old?.isTold && (before?.lastSweepAt ?? 0) - old.seenAt >= OVER_AFTER;
          if (isOver && since !== old.since) open.delete(name);
        }
      },
    },
    judge: {
      NoticeAccepted({ notice: { id, trouble, phase } }) {
        const began = id.replace(/\/over$/, '/began');
        const known = open.get(trouble);
        if (phase === 'Over') {
          // Told once more by the sweep after one that died.
          if (known !== undefined && known !== began) return `${id} came while ${known} was told`;
          open.delete(trouble);
          return;
        }
        open.set(trouble, id);
        return known === undefined || known === id ? undefined : `${id} came while ${known} lasts`;
      },
    },
  };
}
