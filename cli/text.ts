import { stripVTControlCharacters } from 'node:util';

/** Control characters, and those that turn the direction of what follows them. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** As above, without tabs and ends of lines. */
const UNPRINTABLE_BUT_SPACES =
  /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** As above, without what `JSON.stringify` itself escapes. */
const UNPRINTABLE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Outside text on one line, without anything that a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, ' ').trim();
}

/** The colours that this program itself gives a terminal, which it would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what begins them
const OWN_STYLE = /(\u001b\[\d+m)/;

/**
 * Text of several lines as it may be written: whatever came into it from outside, a terminal obeys
 * none of it but colours.
 */
export function plainLines(text: string): string {
  return text.split(OWN_STYLE).map(withoutControls).join('');
}

function withoutControls(part: string, index: number): string {
  // Every second part is what the text was split at.
  return index % 2 === 1 ? part : part.replace(UNPRINTABLE_BUT_SPACES, ' ');
}

/** A value as JSON on one line, or indented; whatever a terminal would obey is escaped. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    UNPRINTABLE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A time in ISO 8601 as local date and time with its offset from UTC, or in UTC: RFC 3339 either way. */
export function timeText(iso: string, isUtc: boolean): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return plain(iso);
  if (isUtc) return `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const minutes = -time.getTimezoneOffset();
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  // Swedish is the locale whose dates are ISO 8601.
  const local = time.toLocaleString('sv-SE');
  return `${local}${minutes < 0 ? '-' : '+'}${two(h)}:${two(m)}`;
}

/** A length of time (ms) as `0:05`, `12:34` or `1:02:03`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The time (ms) between two times in ISO 8601. */
export function between(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
