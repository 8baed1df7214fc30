import { describe, expect, it } from 'vitest';
import { timeline } from '../../../../functions/core/alert-texts/timeline.ts';
import { SECOND } from '../../../../functions/core/durations.ts';
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
});
