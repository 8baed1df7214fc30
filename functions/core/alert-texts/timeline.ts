import type { Alert } from '../alert.ts';
import { formatDuration, SECOND } from '../durations.ts';
import { cut, oneLine } from '../text.ts';
import { WIDTH } from './lines.ts';
import { isCleanSuccess } from './run.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { utcClock, utcDay } from './utc.ts';

/** Of a run that flaps, a mail shows how it began and how it went of late. */
const FIRST_SHOWN = 4;
const LAST_SHOWN = 8;
/** Less of a reason than this says nothing. */
const LEAST_REASON = 12;

/** The section of a mail that says when what was seen. */
export function timeline(alert: Alert): string[] {
  const all = stretchesOf(alert);
  const isLong = all.length > FIRST_SHOWN + LAST_SHOWN + 1;
  const first = isLong ? all.slice(0, FIRST_SHOWN) : all;
  const last = isLong ? all.slice(-LAST_SHOWN) : [];
  const hidden = all.length - first.length - last.length;
  const least = alert.transitionsDropped ? 'at least ' : '';
  return [
    'Timeline (UTC, as the monitor saw it)',
    ...byDay(first, alert),
    ...(hidden > 0 ? [`  (${least}${hidden} more changes of state)`] : []),
    ...byDay(last, alert),
  ];
}

/** One line for each stretch, after a line for its day where that is a new one. */
function byDay(stretches: readonly Stretch[], alert: Alert): string[] {
  return stretches.flatMap((stretch, i) => {
    const day = utcDay(stretch.since);
    const before = stretches[i - 1];
    const isNewDay = before === undefined || utcDay(before.since) !== day;
    return [...(isNewDay ? [`  ${day}`] : []), stretchLine(stretch, alert)];
  });
}

/** What is told above of the reason for the alert is not told again. */
function stretchLine({ state, since, lasted, reason }: Stretch, alert: Alert): string {
  const duration = lasted && lasted >= SECOND ? ` for ${formatDuration(lasted)}` : '';
  const line = `  ${utcClock(since)}  ${state}${duration}`;
  const room = WIDTH - line.length - 2;
  const isNews = reason !== alert.reason || isCleanSuccess(alert);
  const why = reason && isNews && room >= LEAST_REASON ? cut(oneLine(reason), room) : '';
  return why ? `${line}: ${why}` : line;
}
