import { FIRST_KEPT } from '../../jobs/apply.ts';
import {
  hadEndedWhenFirstSeen,
  seenInWatch,
  type Transition,
  wasEverSeen,
} from '../../jobs/job.ts';
import { isSeen, isTerminal, type State } from '../../jobs/states.ts';
import { pick } from '../../objects.ts';
import { cut, oneLine, WIDTH } from '../../text.ts';
import { formatDuration, SECOND, zonedClock, zonedDay, zonedTime } from '../../time.ts';
import { type Alert, isCleanSuccess } from '../alert.ts';

/** Of a run that flaps, a mail shows how it began and how it went of late. */
const FIRST_SHOWN = 4;
const LAST_SHOWN = 8;
/** Less of a reason than this says nothing. */
const LEAST_REASON = 12;

/** The section of a mail that says when what was seen. */
export function timeline(alert: Alert): string[] {
  const all = periodsOf(alert);
  const isLong = all.length > FIRST_SHOWN + LAST_SHOWN + 1;
  const first = isLong ? all.slice(0, FIRST_SHOWN) : all;
  const last = isLong ? all.slice(-LAST_SHOWN) : [];
  const hidden = all.length - first.length - last.length;
  const least = alert.transitionsDropped ? 'at least ' : '';
  return [
    `Timeline (${alert.timeZone ?? 'UTC'}, as the monitor saw it)`,
    ...byDay(first, alert),
    ...(hidden > 0 ? [`  (${least}${hidden} more changes of state)`] : []),
    ...byDay(last, alert),
  ];
}

/** One line for each period, after a line for its day where that is a new one. */
function byDay(periods: readonly Period[], alert: Alert): string[] {
  return periods.flatMap((period, i) => {
    const day = zonedDay(period.since, alert.timeZone);
    const before = periods[i - 1];
    const isNewDay = before === undefined || zonedDay(before.since, alert.timeZone) !== day;
    return [...(isNewDay ? [`  ${day}`] : []), periodLine(period, alert)];
  });
}

/** What is told above of the reason for the alert is not told again. */
function periodLine({ state, since, lasted, reason }: Period, alert: Alert): string {
  const duration = lasted && lasted >= SECOND ? ` for ${formatDuration(lasted)}` : '';
  const already = hadEndedWhenFirstSeen(alert) && isTerminal(state) ? ' (had ended already)' : '';
  const line = `  ${zonedClock(since, alert.timeZone)}  ${state}${duration}${already}`;
  const room = WIDTH - line.length - 2;
  const isNews = reason !== alert.reason || isCleanSuccess(alert);
  const why = reason && isNews && room >= LEAST_REASON ? cut(oneLine(reason), room) : '';
  return why ? `${line}: ${why}` : line;
}

/** The time for which a run was seen in one state. */
export interface Period {
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
 * The watch that an alert is about, period by period from its registration on; what an earlier
 * watch of the same job saw is left out.
 */
export function periodsOf(alert: Alert): Period[] {
  const { kind, state, at, registeredAt } = alert;
  const changes = seenInWatch(alert);
  const starts: readonly Start[] = [{ to: 'Registered', at: registeredAt }, ...changes];
  const ends: readonly End[] = kind === 'Ended' ? changes : [...changes, { from: state, at }];
  const beforeGap = alert.transitionsDropped ? alert.transitions[FIRST_KEPT - 1] : undefined;
  return starts.map((start, i) => {
    const end = ends[i];
    // Else, where changes in between were not kept, a state would seem to have lasted through all of them.
    const isNext = end?.from === start.to && start !== beforeGap;
    return {
      state: start.to,
      since: start.at,
      ...pick(start, 'reason'),
      ...(isNext && { lasted: Math.max(0, end.at - start.at) }),
    };
  });
}

/** How the run was seen last before its watch ended, or is seen now; undefined if it never was. */
export function lastSeen(alert: Alert): Period | undefined {
  const last = periodsOf(alert).at(alert.kind === 'Ended' ? -2 : -1);
  return last && isSeen(last.state) ? last : undefined;
}

/** Whether the run was ever there, be it in an earlier watch of the same job. */
export function wasThere(alert: Alert): boolean {
  return lastSeen(alert) !== undefined || wasEverSeen(alert);
}

/** How the run was seen last, and since when. */
export function standing(alert: Alert): string {
  const last = lastSeen(alert);
  if (last !== undefined) return `${last.state}, since ${zonedTime(last.since, alert.timeZone)}`;
  if (alert.kind !== 'Ended') return 'not seen upstream yet';
  return wasThere(alert) ? 'not in this watch' : 'never';
}
