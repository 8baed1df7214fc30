import type { Alert } from '../alert.ts';
import type { Transition } from '../job.ts';
import { pick } from '../pick.ts';
import { isSeen, type State } from '../states.ts';

/** The time for which a run was seen in one state. */
export interface Stretch {
  readonly state: State;
  readonly reason?: string;
  /** When it was first seen so, in ms since the epoch. */
  readonly since: number;
  /** For how long (ms), so far where it still is; absent for an end, and where that is not on record. */
  readonly lasted?: number;
}

type Start = Pick<Transition, 'to' | 'at' | 'reason'>;
type End = Pick<Transition, 'from' | 'at'>;

/**
 * The watch that an alert is about, stretch by stretch from its registration on; what an earlier
 * watch of the same job saw is left out.
 */
export function stretchesOf({ kind, state, at, registeredAt, transitions }: Alert): Stretch[] {
  const changes = transitions.filter((each) => each.at >= registeredAt && each.to !== 'Registered');
  const starts: readonly Start[] = [{ to: 'Registered', at: registeredAt }, ...changes];
  const ends: readonly End[] = kind === 'Ended' ? changes : [...changes, { from: state, at }];
  return starts.map((start, i) => {
    const end = ends[i];
    // Another state: changes in between were not kept.
    const isNext = end?.from === start.to;
    return {
      state: start.to,
      since: start.at,
      ...pick(start, 'reason'),
      ...(isNext && { lasted: Math.max(0, end.at - start.at) }),
    };
  });
}

/** How the run was seen last before its watch ended, or is seen now; undefined if it never was. */
export function lastSeen(alert: Alert): Stretch | undefined {
  const last = stretchesOf(alert).at(alert.kind === 'Ended' ? -2 : -1);
  return last && isSeen(last.state) ? last : undefined;
}
