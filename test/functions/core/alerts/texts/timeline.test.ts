import { describe, expect, it } from 'vitest';
import { timeline } from '../../../../../functions/core/alerts/texts/timeline.ts';
import { SECOND } from '../../../../../functions/core/time.ts';
import { sample } from './support/all-samples.ts';

const FAILED = sample('failed');
const { registeredAt } = FAILED;

/** The timeline of a run that changed its state so often, every so many ms. */
function linesOf(changes: number, every = 60 * SECOND, reason?: string): string[] {
  const transitions = Array.from({ length: changes }, (_, i) => ({
    from: i === 0 ? 'Registered' : `State${i - 1}`,
    to: `State${i}`,
    at: registeredAt + (i + 1) * every,
    version: i + 2,
    ...(reason !== undefined && { reason }),
  }));
  return timeline({ ...FAILED, transitions });
}

describe('a timeline', () => {
  it('is shortened from fourteen states on', () => {
    expect(linesOf(12).filter((line) => line.includes('more changes'))).toEqual([]);
    expect(linesOf(13)).toContain('  (2 more changes of state)');
  });

  it('does not tell how long a state lasted that was over within a second', () => {
    expect(linesOf(2, SECOND - 1)[2]).toMatch(/Registered$/);
    expect(linesOf(2, SECOND)[2]).toMatch(/Registered for 1 s$/);
  });

  it('has no line that is longer than 76 characters', () => {
    const lines = linesOf(3, 60 * SECOND, 'x'.repeat(200));
    expect(Math.max(...lines.map((line) => line.length))).toBe(76);
  });

  it.each([
    [50, ': 123456789...'],
    [51, ''],
  ])('has a reason beside a state of %i characters: "%s"', (length, why) => {
    const to = 'S'.repeat(length);
    const end = { from: 'Registered', to, at: registeredAt + SECOND, version: 2 };
    const lines = timeline({ ...FAILED, transitions: [{ ...end, reason: '1234567890123' }] });
    expect(lines.at(-1)?.split('S').at(-1)).toBe(why);
  });
});
