import { DAY, isoTime, MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { AcceptedDigest } from '../happenings.ts';
import type { Invocation } from '../invocation.ts';
import type { Plan } from '../plan/plan.ts';
import type { Invariant, Watcher, WorldView } from './invariant.ts';

/** What must hold for digests. */
export const digestInvariants: readonly Invariant[] = [
  { name: 'a digest tells of the day that it is named after', watch: rightDay },
  { name: 'digests leave no time out, and tell none twice under two names', watch: noGaps },
  { name: 'a digest comes at least once a day', watch: onceADay },
  { name: 'a digest comes once, unless a sweep could not say that it told it', watch: once },
];

/** As much as a clock of ours may be wrong. */
const SLACK = 30 * SECOND;

/** By zone: to make one takes longer than a thousand uses. */
const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** By the clocks of people, in a way of its own: `2026-02-01 07:00`. */
function wallClock(time: number, { digest: { timeZone } }: Plan): string {
  const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const;
  const clock = CLOCKS.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', options);
  CLOCKS.set(timeZone, clock);
  return clock.format(time).replace(', ', ' ');
}

function setHour({ digest: { hour, minute } }: Plan): string {
  return [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
}

function rightDay({ plan, now }: WorldView): Watcher {
  return {
    judge: {
      DigestAccepted({ digest: { id, to } }) {
        const [date, time] = wallClock(to, plan).split(' ');
        if (time !== setHour(plan)) return `${id} ends at ${time}`;
        if (id !== `digest/${date}`) return `${id} ends on ${date}`;
        return to + 5 * MINUTE > now() + SLACK ? `${id} came at ${isoTime(now())}` : undefined;
      },
    },
  };
}

function noGaps(): Watcher {
  const told = new Map<string, AcceptedDigest>();
  return {
    judge: {
      DigestAccepted({ digest }) {
        const last = [...told.values()].at(-1);
        const same = told.get(digest.id);
        told.set(digest.id, digest);
        if (same) {
          const isSame = same.from === digest.from && same.to === digest.to;
          return isSame ? undefined : `${digest.id} was of another time before`;
        }
        return last && last.to !== digest.from
          ? `${digest.id} begins at ${isoTime(digest.from)}, ${last.id} ends at ${isoTime(last.to)}`
          : undefined;
      },
    },
  };
}

/** How long (ms) after the set hour it comes where all goes well: by the second sweep after 5 min. */
const PATIENCE = 15 * MINUTE;

function onceADay({ plan, now }: WorldView): Watcher {
  let until = 0;
  let firstSweep = Number.POSITIVE_INFINITY;
  return {
    note: {
      DigestAccepted({ digest }) {
        until = Math.max(until, digest.to);
      },
      CheckpointWritten({ after }) {
        firstSweep = Math.min(firstSweep, after.lastSweepAt ?? firstSweep);
      },
    },
    end() {
      const calm = Math.max(plan.calmFrom, plan.comeback?.from ?? 0) + PATIENCE;
      if (now() < calm) return undefined;
      // The last set hour that is long enough ago: every minute of a day is looked at.
      const start = Math.floor((now() - PATIENCE) / MINUTE) * MINUTE;
      const minutes = Array.from({ length: DAY / MINUTE }, (_, n) => start - n * MINUTE);
      const hour = minutes.find((time) => wallClock(time, plan).endsWith(setHour(plan))) ?? 0;
      return hour > firstSweep && until < hour
        ? `nobody was told what ended until ${isoTime(hour)}`
        : undefined;
    },
  };
}

function once(): Watcher {
  const tellers = new Map<Invocation, string>();
  /** By each digest that is on record as told, the invocations that had begun by then. */
  const onRecord = new Map<string, ReadonlySet<Invocation>>();
  const begun = new Set<Invocation>();
  return {
    note: {
      Began({ by }) {
        begun.add(by);
      },
      Ended({ by, end }) {
        const { outcome, digestsPublished } = (end.kind === 'Returned' && end.report) || {};
        const isSaved = outcome === 'Completed' || outcome === 'Paused';
        // It may not have heard that the topic took it.
        const told = digestsPublished ? tellers.get(by) : undefined;
        if (told && isSaved) onRecord.set(told, new Set(begun));
      },
    },
    judge: {
      DigestAccepted({ by, digest: { id } }) {
        tellers.set(by, id);
        // What a sweep of before has given up may still arrive.
        return onRecord.get(id)?.has(by) === false ? `${id} came again` : undefined;
      },
    },
  };
}
