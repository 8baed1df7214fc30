import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asciiLine,
  cut,
  oneLine,
  printable,
  shortLine,
  storedText,
  withoutQueries,
} from '../../../functions/core/text.ts';
import { formatDuration } from '../../../functions/core/time.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 3_000 });

describe('a stored text', () => {
  it('is at most 1 KB of well-formed Unicode and begins as the original does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = storedText(text);
        expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(1_024);
        expect(text.toWellFormed().startsWith(stored)).toBe(true);
      }),
    );
  });

  it('is left alone when it fits', () => {
    expect(storedText('Mapping “Wände” not found 🧱')).toBe('Mapping “Wände” not found 🧱');
  });

  it('is not cut inside a character', () => {
    expect(storedText(`${'x'.repeat(1_022)}🧱`)).toBe('x'.repeat(1_022));
  });
});

it('puts text on one line, whatever it takes for a line break', () => {
  expect(oneLine(' a\r\nb\u2028c\u2029d\u0085e\vf\fg\0h\ti ')).toBe('a b c d e f g h i');
});

it('leaves out of text what cannot be seen or makes other text look different', () => {
  const unseen = '\u202E\u2066\u200B\u00AD\uFEFF\u3164\u{E0041}\uE000\uFFFE\uD800';
  expect(oneLine(Array.from(unseen).join('x'))).toBe('x'.repeat(9));
});

it('has a terminal obey nothing, and leaves the spaces as they are', () => {
  expect(printable('a\u001b[2J  b\r\nc\u2028d\u2029e\u202Ef')).toBe('a [2J  b  c d ef');
});

it('cuts text between characters, and says so', () => {
  expect(cut('Bridge', 6)).toBe('Bridge');
  expect(cut('Bridges', 6)).toBe('Bri...');
  expect(cut('Bri dge', 7)).toBe('Bri dge');
  expect(cut('Bri dges', 7)).toBe('Bri...');
  expect(cut('ab🧱🧱', 5)).toBe('ab...');
  expect(cut('ab🧱🧱🧱', 6)).toBe('ab...');
});

describe('a short line', () => {
  it('is one line of at most so many bytes, and says when it was cut', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 500 }), (text, bytes) => {
        const line = shortLine(text, bytes);
        const whole = oneLine(text);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(bytes);
        if (line !== whole) expect(line).toMatch(/\.\.\.$/);
        expect(whole.startsWith(line.replace(/\.\.\.$/, ''))).toBe(true);
      }),
    );
  });

  it('has no space before the dots that say it was cut', () => {
    expect(shortLine('Bri dges', 7)).toBe('Bri...');
  });

  it('is not cut inside a character', () => {
    expect(shortLine('ab🧱🧱', 9)).toBe('ab🧱...');
    expect(shortLine('ab🧱🧱', 10)).toBe('ab🧱🧱');
  });
});

it('makes printable ASCII of at most the length asked for', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 3, max: 200 }), (text, length) => {
      expect(asciiLine(text, length)).toMatch(/^[ -~]*$/);
      expect(asciiLine(text, length)).not.toContain('=?');
      expect(asciiLine(text, length).length).toBeLessThanOrEqual(length);
    }),
  );
});

it.each([
  ['=?utf-8?B?4oCuKS5kZWVk?=', '= ?utf-8?B?4oCuKS5kZWVk?='],
  ['=漢?utf-8?Q?=07?=', '= ??utf-8?Q?=07?='],
  ['=\u200b?utf-8?Q?a?=', '= ?utf-8?Q?a?='],
])('begins nothing that a mail program decodes: %s', (text, line) => {
  expect(asciiLine(text, 100)).toBe(line);
});

it('keeps the letters of accented words', () => {
  expect(asciiLine('Façade Süd', 100)).toBe('Facade Sud');
});

it.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_725_000, '1 h 2 min'],
  [7_205_000, '2 h'],
  [90_000_000, '1 d 1 h'],
])('says %i ms as %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

describe('an outside text with links', () => {
  it.each([
    ['see https://h/f?sig=S.', 'see https://h/f.'],
    ['(HTTPS://h/f?sig=S) and more', '(HTTPS://h/f) and more'],
    ['https://h/f#S', 'https://h/f'],
    ['xhttps://h/f?sig=S', 'xhttps://h/f'],
    ['s3://bucket/f?sig=S end', 's3://bucket/f end'],
    [String.raw`{"u":"https:\/\/h\/f?sig=S"}`, String.raw`{"u":"https:\/\/h\/f`],
    ['C:/models?old', 'C:/models?old'],
    ['why? https://h/f: is it there?', 'why? https://h/f: is it there?'],
  ])('is told without what opens them: %s', (text, told) => {
    expect(withoutQueries(text)).toBe(told);
  });

  it('may be as long as a page of logs, whatever is in it', () => {
    const links = 'http://'.repeat(2 ** 18);
    expect(withoutQueries(links)).toBe(links);
    expect(withoutQueries(`${links}?sig=S`)).toBe(links);
  });
});
