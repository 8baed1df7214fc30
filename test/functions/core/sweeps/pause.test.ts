import { describe, expect, it } from 'vitest';
import { retryAfter, retryAt } from '../../../../functions/core/sweeps/pause.ts';
import { HOUR, MINUTE, SECOND } from '../../../../functions/core/time.ts';

const NOW = Date.UTC(2026, 1, 9, 12);

describe('a retry-after', () => {
  it('is in seconds', () => {
    expect(retryAfter(' 90 ', NOW)).toBe(NOW + 90 * SECOND);
  });

  it.each([
    'Mon, 09 Feb 2026 12:30:05 GMT',
    'Monday, 09-Feb-26 12:30:05 GMT',
    'Mon Feb  9 12:30:05 2026',
  ])('is a date in any form of HTTP: %s', (date) => {
    expect(retryAfter(date, NOW)).toBe(Date.UTC(2026, 1, 9, 12, 30, 5));
  });

  it.each('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, i) => [name, i]))(
    'knows the month %s',
    (name, month) => {
      const at = Date.UTC(2026, Number(month), 1, 0, 0, 30);
      expect(retryAfter(`Sun, 01 ${name} 2026 00:00:30 GMT`, at - SECOND)).toBe(at);
    },
  );

  it('is over at once when it has gone by, and lasts an hour at the most', () => {
    expect(retryAfter('Mon, 09 Feb 2026 11:59:59 GMT', NOW)).toBe(NOW);
    expect(retryAfter('Tue, 10 Feb 2026 12:00:00 GMT', NOW)).toBe(NOW + HOUR);
    expect(retryAfter('86400', NOW)).toBe(NOW + HOUR);
  });

  it.each([
    null,
    '',
    'soon',
    '-30',
    '1.5',
    'on Mon, 09 Feb 2026 12:30:05 GMT',
    'Mon, 09 Fev 2026 12:30:05 GMT',
  ])('that is %s says nothing: a minute it is after a 429', (header) => {
    expect(retryAfter(header, NOW)).toBeUndefined();
    expect(retryAt(header, NOW)).toBe(NOW + MINUTE);
  });
});
