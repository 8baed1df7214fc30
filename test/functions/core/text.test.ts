import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../functions/core/durations.ts';
import { asciiLine, oneLine, storedText } from '../../../functions/core/text.ts';

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
  expect(oneLine(' a\r\nb\u2028c\u0085d\u202Ee\tf\u200B ')).toBe('a b c d e f');
});

it('makes printable ASCII of at most the length asked for', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 3, max: 200 }), (text, length) => {
      expect(asciiLine(text, length)).toMatch(/^[ -~]*$/);
      expect(asciiLine(text, length).length).toBeLessThanOrEqual(length);
    }),
  );
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
