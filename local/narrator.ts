import { styleText } from 'node:util';
import { isTerminal } from '../functions/core/jobs/states.ts';
import type { LogLine } from './functions.ts';
import type { MailSettings } from './mail/settings.ts';
import type { ConfirmationMail } from './sns/embedded-sns.ts';
import type { AcceptedAlert } from './sns/records.ts';

/** Tells a person at a terminal what happens: transitions, alerts and troubles. */
export interface Narrator {
  banner(facts: BannerFacts): void;
  /** A line that one of the functions logged. */
  logged(line: LogLine): void;
  alert(alert: AcceptedAlert): void;
  /** A mail by which SNS asks somebody whether to send alerts. */
  confirmationMail(mail: ConfirmationMail): void;
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

/**
 * @param write gets one line at a time
 * @param now ms since the epoch
 */
export function createNarrator(write: (line: string) => void, now: () => number): Narrator {
  const timed = (text: string) => write(`${dim(clockTime(now()))}  ${text}`);
  const warn = (text: string) => timed(styleText('yellow', text));
  return {
    banner(facts) {
      for (const line of banner(facts)) write(line);
    },
    logged({ level, message, facts }) {
      if (typeof facts.from === 'string' && typeof facts.to === 'string') {
        return timed(transition(facts as unknown as TransitionFacts));
      }
      if (typeof facts.iModelId === 'string' && typeof facts.state === 'string') {
        return timed(`${facts.label ?? facts.jobId}: a run nobody registered, ${facts.state}`);
      }
      if (level === 'WARN' || level === 'ERROR') timed(trouble(level, message, facts));
    },
    alert(alert) {
      for (const line of alertBox(alert)) write(line);
    },
    confirmationMail(mail) {
      for (const line of confirmationBox(mail)) write(line);
    },
    say: timed,
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

function trouble(level: string, message: string, facts: LogLine['facts']): string {
  const details = Object.entries(facts)
    .map(([name, value]) => `${name}: ${brief(value)}`)
    .join(', ');
  const text = styleText(level === 'ERROR' ? 'red' : 'yellow', message);
  return details === '' ? text : `${text} ${dim(`(${details})`)}`;
}

/** An error tells by its name and message; its stack is for the log. */
function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, message, reason, until } = value as Record<string, unknown>;
  if (typeof message === 'string') return name ? `${name}: ${message}` : message;
  if (typeof until === 'number') return `${reason} until ${clockTime(until)}`;
  return JSON.stringify(value);
}

function alertBox({ subject, email, sms }: AcceptedAlert): string[] {
  return [
    '',
    rule('┌─ Mail '),
    `│ ${styleText('bold', `Subject: ${subject ?? ''}`)}`,
    '│',
    ...email
      .trimEnd()
      .split('\n')
      .map((line) => `│ ${line}`.trimEnd()),
    rule('├─ SMS '),
    `│ ${sms}`,
    rule('└'),
    '',
  ];
}

function confirmationBox({ to, link }: ConfirmationMail): string[] {
  return [
    '',
    rule(`┌─ Mail to ${to} `),
    `│ ${styleText('bold', 'Confirm the subscription: open this link')}`,
    '│',
    `│ ${link}`,
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
    `  API        ${apiUrl}`,
    `  watching   ${facts.upstream}${facts.isSimulated ? ' (a simulator, where any run succeeds)' : ''}`,
    `  sweep      every ${facts.sweepSeconds} s, at most ${facts.checksPerMinute} checks a minute`,
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

function clockTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
