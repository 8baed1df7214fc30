import { useEffect, useState } from 'preact/hooks';
import type { JobSummary } from '../client/index.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How much (ms) the server's clock is ahead of the reader's. */
let ahead = 0;

/** Goes by the server's clock, of which its answers tell: a reader's may be minutes off. */
export function setServerTime(date: string | null): void {
  const told = Date.parse(date ?? '') - Date.now();
  // A difference of seconds is the way of the answer, and the header has none smaller.
  if (!Number.isNaN(told)) ahead = Math.abs(told) > 5 * SECOND ? told : 0;
}

/** The time by the server's clock (ms since the epoch). */
export function now(): number {
  return Date.now() + ahead;
}

/**
 * A text that is true of the moment, and stays so: it is made anew every second, and drawn when it is
 * another.
 */
function useLiveText(textAt: (now: number) => string): string {
  const [, setText] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setText(textAt(now())), SECOND);
    return () => clearInterval(timer);
  });
  return textAt(now());
}

/** The time by the server's clock, every few seconds anew; it stands still where nothing changes. */
export function useNow(isLive: boolean): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => setTime(now()), 5 * SECOND);
    return () => clearInterval(timer);
  }, [isLive]);
  return isLive ? Math.max(time, now()) : time;
}

/** A length of time (ms) in two units at the most, as in `1 h 05 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes} min ${pad(seconds % 60)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${pad(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long such runs take: `12 min, 9 of 10 within 20 min`. */
export function usualText({
  p50Seconds,
  p90Seconds,
}: Pick<NonNullable<JobSummary['usualLength']>, 'p50Seconds' | 'p90Seconds'>) {
  const most =
    p90Seconds > p50Seconds ? `, 9 of 10 within ${durationText(p90Seconds * SECOND)}` : '';
  return durationText(p50Seconds * SECOND) + most;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const LONG_DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A point in time in the reader's zone: the clock alone when it is today. */
function timeText(at: string, { isExact = false } = {}): string {
  const time = new Date(at);
  const today = new Date(now());
  const clock = (isExact ? CLOCK_SECONDS : CLOCK).format(time);
  if (time.toDateString() === today.toDateString()) return clock;
  const isThisYear = time.getFullYear() === today.getFullYear();
  return `${(isThisYear ? DAY : LONG_DAY).format(time)}, ${clock}`;
}

/** The same in UTC, for whoever compares with a log. */
function utcText(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}

/** A point in time; UTC on hover. */
export function Time({ at, isExact = false }: { readonly at: string; readonly isExact?: boolean }) {
  return (
    <time dateTime={at} title={utcText(at)}>
      {timeText(at, { isExact })}
    </time>
  );
}

/** How long ago something was, or how soon it will be. */
export function Ago({ at }: { readonly at: string }) {
  const text = useLiveText((now) => {
    const ago = now - Date.parse(at);
    if (Math.abs(ago) < 5 * SECOND) return 'just now';
    const rough = roughText(Math.abs(ago));
    return ago < 0 ? `in ${rough}` : `${rough} ago`;
  });
  return (
    <time dateTime={at} title={`${timeText(at, { isExact: true })} · ${utcText(at)}`}>
      {text}
    </time>
  );
}

function roughText(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 48 * HOUR) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / (24 * HOUR))} d`;
}

/** The length of time from one point to another, or up to now. */
export function Elapsed({ from, to }: { readonly from: string; readonly to: string | null }) {
  const text = useLiveText((now) => durationText((to ? Date.parse(to) : now) - Date.parse(from)));
  return <span class="number">{text}</span>;
}
