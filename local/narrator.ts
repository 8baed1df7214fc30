import { styleText } from 'node:util';
import { isTerminal } from '../functions/core/jobs/states.ts';
import { printable } from '../functions/core/text.ts';
import { MINUTE } from '../functions/core/time.ts';
import type { LogLine } from './functions.ts';
import type { MailSettings } from './mail/settings.ts';
import type { AcceptedAlert } from './sns/records.ts';

/** Tells a person at a terminal what happens: transitions, alerts and troubles. */
export interface Narrator {
  banner(facts: BannerFacts): void;
  /** A line that one of the functions logged. */
  logged(line: LogLine): void;
  alert(alert: AcceptedAlert): void;
  say(text: string): void;
  warn(text: string): void;
  /** The last words of a run that could not mail everything; none when it could. */
  farewell(notMailed: readonly string[], dataDir: string | undefined): void;
}

/** What the banner tells. */
export interface BannerFacts {
  readonly apiUrl: string;
  readonly upstream: string;
  readonly isSimulated: boolean;
  readonly sweepSeconds: number;
  readonly checksPerMinute: number;
  readonly dataDir?: string;
  readonly mail?: MailSettings;
}

const WIDTH = 78;

/** Sweeps come every few seconds, each with the same trouble: when (ms) the same words are told again. */
const REPEATED_AFTER = 15 * MINUTE;
/** Of how many lines it is known when they were told. */
const MOST_REMEMBERED = 1_000;

/** How to tell. */
interface Manner {
  /** Whether to tell of nothing but what needs somebody. */
  readonly isQuiet: boolean;
  /** @default - that of the machine */
  readonly timeZone?: string | undefined;
}

/**
 * A narrator. Whatever it is given may be from outside: nothing of it reaches the terminal that a
 * terminal would obey, or that would begin a line.
 *
 * @param write gets one line at a time
 * @param now ms since the epoch
 */
export function createNarrator(
  write: (line: string) => void,
  now: () => number,
  { isQuiet, timeZone }: Manner = { isQuiet: false },
): Narrator {
  const at = (ms: number) => dateTime(ms, timeZone);
  const timed = (text: string) => write(`${dim(at(now()))}  ${text}`);
  const warn = (text: string) => timed(styleText('yellow', printable(text)));
  const news = (text: string) => {
    if (!isQuiet) timed(text);
  };
  const box = (lines: readonly string[]) => {
    if (!isQuiet) for (const line of lines) write(line);
  };
  const toldAt = new Map<string, number>();
  const isRepeated = (text: string) => {
    if (now() - (toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < REPEATED_AFTER) return true;
    if (toldAt.size >= MOST_REMEMBERED) toldAt.clear();
    toldAt.set(text, now());
    return false;
  };
  return {
    banner(facts) {
      const { apiUrl, upstream } = facts;
      if (isQuiet) timed(printable(`Extraction Monitor on ${apiUrl}, watching ${upstream}`));
      box(banner(cleaned(facts)));
    },
    logged(line) {
      const { level, message, facts } = cleaned(line);
      const isNews = level === 'INFO';
      if (isNews && typeof facts.from === 'string' && typeof facts.to === 'string') {
        return news(transition(facts as unknown as TransitionFacts));
      }
      if (typeof facts.iModelId === 'string' && typeof facts.state === 'string') {
        return news(`${facts.label ?? facts.jobId}: a run nobody registered, ${facts.state}`);
      }
      if (level !== 'WARN' && level !== 'ERROR') return;
      const text = trouble(level, message, facts, at);
      if (!isRepeated(text)) timed(text);
    },
    alert: (alert) => box(alertBox(alert)),
    say: (text) => news(printable(text)),
    warn,
    farewell(notMailed, dataDir) {
      for (const letter of notMailed) warn(`Not mailed to ${letter}`);
      if (notMailed.length > 0) {
        timed(
          dataDir
            ? 'The next start will mail it.'
            : 'With DATA_DIR set, the next start would mail it.',
        );
      }
    },
  };
}

/** A value from outside, without anything in any field of it that a terminal would obey. */
function cleaned<T>(value: T): T;
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cleaned);
  // The name and message of an error are no properties that are listed.
  const fields = value instanceof Error ? { name: value.name, message: value.message } : value;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [printable(name), cleaned(field)]),
  );
}

interface TransitionFacts {
  readonly jobId: string;
  readonly label?: string;
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
}

function transition({ jobId, label, from, to, reason }: TransitionFacts): string {
  const arrow = `${from} → ${styleText(colorOf(to), to)}`;
  const why = reason ? dim(`  ${reason}`) : '';
  return `${label ?? jobId}: ${arrow}${why}`;
}

function colorOf(state: string): 'green' | 'red' | 'cyan' {
  if (!isTerminal(state)) return 'cyan';
  return state === 'Succeeded' ? 'green' : 'red';
}

function trouble(
  level: string,
  message: string,
  facts: LogLine['facts'],
  at: (ms: number) => string,
): string {
  const details = Object.entries(facts)
    .map(([name, value]) => `${name}: ${brief(value, at)}`)
    .join(', ');
  const text = styleText(level === 'ERROR' ? 'red' : 'yellow', message);
  return details === '' ? text : `${text} ${dim(`(${details})`)}`;
}

/** An error tells by its name and message; its stack is for the log. */
function brief(value: unknown, at: (ms: number) => string): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, message, reason, until, confirmed, pending, vanished } = value as Record<
    string,
    unknown
  >;
  if (typeof message === 'string') return name ? `${name}: ${message}` : message;
  if (typeof until === 'number') return `${reason} until ${at(until)}`;
  if (typeof confirmed === 'number')
    return `${confirmed} told, ${pending} waiting, ${vanished} gone`;
  return JSON.stringify(value);
}

function alertBox({ subject, email, sms }: AcceptedAlert): string[] {
  return [
    '',
    rule('┌─ Mail '),
    `│ ${styleText('bold', `Subject: ${printable(subject ?? '')}`)}`,
    '│',
    ...email
      .trimEnd()
      .split('\n')
      .map((line) => `│ ${printable(line)}`.trimEnd()),
    rule('├─ SMS '),
    `│ ${printable(sms)}`,
    rule('└'),
    '',
  ];
}

function banner(facts: BannerFacts): string[] {
  const { apiUrl } = facts;
  return [
    '',
    styleText('bold', 'Extraction Monitor'),
    '',
    `  page       ${apiUrl}/`,
    `  API        ${apiUrl}`,
    `  watching   ${facts.upstream}${facts.isSimulated ? ' (a simulator, where any run succeeds)' : ''}`,
    `  sweep      every ${facts.sweepSeconds} s, at most ${facts.checksPerMinute} requests a minute`,
    `  mail       ${mail(facts.mail)}`,
    `  data       ${facts.dataDir ?? 'in memory; set DATA_DIR to keep it'}`,
    '',
    'Try, in another terminal:',
    '',
    `  curl ${apiUrl}/jobs -H 'content-type: application/json' \\`,
    `    -d '{"jobId": "40f71ed2-31a3-45d3-bce0-5c9f3f112c03", "label": "My first run"}'`,
    `  curl ${apiUrl}/jobs`,
    `  curl ${apiUrl}/local/alerts`,
    ...(facts.isSimulated ? [`  curl ${facts.upstream}/simulator   # how to make runs fail`] : []),
    '',
    dim('Ctrl-C stops it. Transitions and alerts follow as they happen.'),
    '',
  ];
}

function mail(settings: MailSettings | undefined): string {
  if (!settings) return 'shown here only; set SMTP_URL and ALERT_TO to send it';
  const { to, from, server } = settings;
  return `to ${to.join(', ')} from ${from}, through ${server.host}:${server.port}`;
}

function rule(start: string): string {
  return dim(start.padEnd(WIDTH, '─'));
}

function dim(text: string): string {
  return styleText('dim', text);
}

/** `2026-11-23 14:05:09`: Swedish is the locale whose dates are ISO 8601. */
function dateTime(ms: number, timeZone: string | undefined): string {
  return new Date(ms).toLocaleString('sv-SE', { timeZone });
}
