import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../functions/core/time.ts';
import { createNarrator } from '../../local/narrator.ts';
import { alert } from './mail/support/alerts.ts';

/** Ends a line, moves the cursor, hides text, sets a title, turns the direction, in C0 and C1. */
const HOSTILE =
  'x\u001b[2J\u001b[8m\u001b]0;owned\u0007\r\n\u0085\u2028\u2029y\u009b2J\u202e\u2066\u200f\u061c\u0000\b\u007fz';
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what begins them
const OWN_COLOURS = /\u001b\[([12]|22|3[1-9])m/g;
const NOW = Date.parse('2026-11-23T14:05:09Z');

/** All that a narrator writes, and what of it is not its own colours. */
function told(tell: (narrator: ReturnType<typeof createNarrator>) => void, isQuiet = false) {
  const lines: string[] = [];
  tell(
    createNarrator(
      (line) => lines.push(line),
      () => NOW,
      { isQuiet, timeZone: 'Asia/Tokyo' },
    ),
  );
  return lines;
}

/** The same with a hostile text in place of every text in it, names of fields included. */
function poisoned(value: unknown): unknown {
  if (typeof value === 'string') return value + HOSTILE;
  if (value instanceof Error) return Object.assign(new Error(HOSTILE), { name: HOSTILE });
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(poisoned);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, poisoned(field)]));
}

const transition = { from: 'Queued', to: 'Running', jobId: '1', label: 'Bridge', reason: 'Why' };
const pause = { pause: { reason: 'RateLimited', until: NOW }, list: ['a'], [HOSTILE]: 'name' };
const facts = { error: new Error('no'), deep: { name: 'E', message: 'm' }, ...pause };
const mail = {
  server: { host: 'mail', port: 25, isTlsFirst: false },
  from: 'a@example.com',
  to: ['b@example.com'],
};
const banner = {
  apiUrl: 'http://x',
  upstream: 'y',
  isSimulated: true,
  sweepSeconds: 5,
  checksPerMinute: 60,
  dataDir: 'd',
  mail,
};

it.each([
  ['banner', banner],
  ['logged', { level: 'INFO', message: 'm', facts: transition }],
  ['logged', { level: 'WARN', message: 'm', facts }],
  ['logged', { level: 'ERROR', message: 'm', facts: { error: 'text' } }],
  ['alert', alert('1')],
  ['say', 'text'],
  ['warn', 'text'],
] as const)('%s shows outside text and nothing that a terminal obeys: %j', (method, given) => {
  const level = Object(given).level;
  const input =
    typeof given === 'string'
      ? poisoned(given)
      : { ...Object(poisoned(given)), ...(level && { level }) };
  for (const isQuiet of [false, true]) {
    const lines = told((narrator) => narrator[method](input as never), isQuiet);
    // Colours are the one thing that it may send itself, each begun and ended within a line.
    const shown = lines.map((line) => line.replace(OWN_COLOURS, '')).join('');
    if (!isQuiet) expect(shown).toContain('owned');
    expect(shown).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
  }
});

it('tells of addresses that got no mail without obeying them', () => {
  const lines = told((narrator) => narrator.farewell([HOSTILE], undefined));
  expect(stripVTControlCharacters(lines.join(''))).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(lines).toHaveLength(2);
});

it('dates what it tells, in the time zone that is set', () => {
  const [line = ''] = told((narrator) => narrator.say('Something'));
  expect(stripVTControlCharacters(line)).toBe('2026-11-23 23:05:09  Something');
});

it('tells of nothing but the start and what needs somebody, where it is to be quiet', () => {
  const lines = told((narrator) => {
    narrator.banner(banner);
    narrator.say('Something');
    narrator.alert(alert('1'));
    narrator.logged({ level: 'INFO', message: 'Moved', facts: transition });
    narrator.logged({ level: 'INFO', message: 'Found', facts: { iModelId: '1', state: 'Queued' } });
    narrator.logged({ level: 'ERROR', message: 'Failed', facts: {} });
    narrator.logged({ level: 'WARN', message: 'Not known', facts: { from: 'Queued', to: 'Odd' } });
    narrator.warn('Trouble');
  }, true);
  expect(lines.map((line) => stripVTControlCharacters(line).slice(21))).toEqual([
    'Extraction Monitor on http://x, watching y',
    'Failed',
    'Not known (from: Queued, to: Odd)',
    'Trouble',
  ]);
});

it('tells a trouble that each sweep meets with once in a quarter of an hour, in words', () => {
  let now = NOW;
  const lines: string[] = [];
  const narrator = createNarrator(
    (line) => lines.push(line),
    () => now,
    { isQuiet: true },
  );
  for (; now < NOW + 30 * MINUTE; now += 5 * SECOND) {
    const listeners = { checkedAt: now, confirmed: 0, pending: 1, vanished: 2, operators: 1 };
    narrator.logged({ level: 'WARN', message: 'Nobody gets alerts', facts: { listeners } });
    narrator.logged({ level: 'ERROR', message: 'Failed', facts: { jobId: now % 2 ? 'a' : 'b' } });
  }
  const told = lines.map((line) => stripVTControlCharacters(line).slice(21));
  expect(told.filter((line) => line.startsWith('Nobody'))).toEqual(
    Array(2).fill('Nobody gets alerts (listeners: 0 told, 1 waiting, 2 gone)'),
  );
  expect(told.filter((line) => line.startsWith('Failed'))).toHaveLength(2);
});

it('calls the budget what it is: requests, of which a check of a run may take several', () => {
  const lines = told((narrator) => narrator.banner(banner));
  expect(lines.map((line) => stripVTControlCharacters(line))).toContainEqual(
    '  sweep      every 5 s, at most 60 requests a minute',
  );
});
