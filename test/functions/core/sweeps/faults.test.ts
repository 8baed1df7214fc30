import { describe, expect, it } from 'vitest';
import type { CheckErrorName } from '../../../../functions/core/jobs/observation.ts';
import {
  addAnswers,
  areCredentialsAtFault,
  isOfNoUse,
  weighMissing,
} from '../../../../functions/core/sweeps/faults.ts';

const NONE = { alive: 0, missing: 0 };

it('answers add up API by API, and can be taken away again', () => {
  const before = { reporting: { alive: 1, missing: 2 }, carbon: { alive: 3, missing: 0 } };
  const others = { carbon: { alive: 2, missing: 4 }, synchronization: { alive: 0, missing: 5 } };
  const sum = addAnswers(before, others);
  expect(sum).toEqual({
    ...before,
    carbon: { alive: 5, missing: 4 },
    synchronization: { alive: 0, missing: 5 },
  });
  expect(addAnswers(sum, others, -1)).toEqual({ ...before, synchronization: NONE });
});

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
  ] as const)('%s', (_, token, areAllChecked, atFault) => {
    expect(areCredentialsAtFault(token, areAllChecked)).toBe(atFault);
  });
});

describe('a check', () => {
  it.each<CheckErrorName>([
    'ServerError',
    'Timeout',
    'ConnectionFailed',
    'UnexpectedStatus',
    'UnexpectedResponse',
  ])('that met %s got no answer of use', (name) => {
    expect(isOfNoUse({ name, message: 'Any.' })).toBe(true);
  });

  it.each<CheckErrorName>(['Unauthorized', 'RateLimited', 'UpstreamFault'])(
    'that met %s was answered',
    (name) => {
      expect(isOfNoUse({ name, message: 'Any.' })).toBe(false);
    },
  );
});
