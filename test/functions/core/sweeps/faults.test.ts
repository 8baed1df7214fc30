import { describe, expect, it } from 'vitest';
import { areCredentialsAtFault, weighMissing } from '../../../../functions/core/sweeps/faults.ts';

const NONE = { alive: 0, missing: 0 };

describe('missing runs', () => {
  it.each([
    ['another run answered in the same sweep', { alive: 1, missing: 5 }, NONE, false, 'Believe'],
    [
      'two or more are missing and none answers',
      { alive: 0, missing: 2 },
      NONE,
      true,
      'UpstreamFault',
    ],
    [
      'so too when others answered earlier in the pass',
      { alive: 0, missing: 2 },
      { alive: 9, missing: 0 },
      false,
      'UpstreamFault',
    ],
    [
      'one alone, but another answered earlier in the pass',
      { alive: 0, missing: 1 },
      { alive: 1, missing: 0 },
      false,
      'Believe',
    ],
    [
      'one alone, and another was missing earlier in the pass',
      { alive: 0, missing: 1 },
      { alive: 0, missing: 1 },
      true,
      'UpstreamFault',
    ],
    ['the only run there is', { alive: 0, missing: 1 }, NONE, true, 'Believe'],
    ['the first of a pass that is not over', { alive: 0, missing: 1 }, NONE, false, 'Inconclusive'],
    ['only runs that were never seen', NONE, { alive: 0, missing: 3 }, false, 'Believe'],
  ] as const)('%s', (_, sweep, pass, isLastOfPass, verdict) => {
    expect(weighMissing(sweep, pass, isLastOfPass)).toBe(verdict);
  });
});

describe('refused tokens', () => {
  it.each([
    ['nothing was refused', { checked: 9, refused: 0, isAccepted: false }, true, false],
    ['three were refused', { checked: 9, refused: 3, isAccepted: false }, false, true],
    [
      'three were refused, but others were answered',
      { checked: 9, refused: 3, isAccepted: true },
      true,
      false,
    ],
    ['nobody was asked', { checked: 0, refused: 0, isAccepted: false }, true, false],
    ['the only job was refused', { checked: 1, refused: 1, isAccepted: false }, true, true],
    [
      'the first job was refused and others are still to come',
      { checked: 1, refused: 1, isAccepted: false },
      false,
      false,
    ],
    [
      'two were refused and the rest had no answer at all',
      { checked: 5, refused: 2, isAccepted: false },
      true,
      false,
    ],
  ] as const)('%s', (_, token, isWalkOver, atFault) => {
    expect(areCredentialsAtFault(token, isWalkOver)).toBe(atFault);
  });
});
