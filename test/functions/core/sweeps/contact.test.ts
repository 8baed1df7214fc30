import { describe, expect, it } from 'vitest';
import {
  type Contact,
  failingSince,
  isTokenDue,
  outageSince,
  withAnswer,
  withFailure,
  withoutUnasked,
} from '../../../../functions/core/sweeps/faults.ts';
import { HOUR, MINUTE } from '../../../../functions/core/time.ts';
import { START } from '../jobs/arbitraries.ts';

const WELL: Contact = { answeredAt: { carbon: START }, tokenAt: START };
const failing = (since: number, at = since) => ({ since: START + since, at: START + at });

describe('somebody who gives no answer of use', () => {
  it('is on record with the first and the last request that failed', () => {
    const once = withFailure(WELL, 'carbon', START + 1);
    expect(once).toStrictEqual({ ...WELL, failing: { carbon: failing(1) } });
    const again = withFailure(once, 'carbon', START + 3);
    expect(again).toStrictEqual({ ...WELL, failing: { carbon: failing(1, 3) } });
  });

  it('is on record beside others, each with times of its own', () => {
    const both = withFailure({ failing: { carbon: failing(1) } }, 'carbon lists', START + 2);
    expect(both.failing).toStrictEqual({ carbon: failing(1), 'carbon lists': failing(2) });
  });

  it('has been out of reach since there was no token, if it fails as soon as there is one', () => {
    const without = withFailure(WELL, 'tokens', START + 1);
    const { failing: all } = withFailure(without, 'reporting', START + 3);
    expect(all).toStrictEqual({ tokens: failing(1), reporting: failing(1, 3) });
  });

  it('is off the record with its answer, for which there was a token; others stay', () => {
    const all = { tokens: failing(1), reporting: failing(1), carbon: failing(1) };
    const left = withAnswer({ ...WELL, failing: all }, 'reporting');
    expect(left).toStrictEqual({ ...WELL, failing: { carbon: failing(1) } });
  });

  it('is on record anew if there was an answer in between', () => {
    const before = { ...WELL, failing: { carbon: failing(1, 2) } };
    const { failing: all } = withFailure(withAnswer(before, 'carbon'), 'carbon', START + 5);
    expect(all).toStrictEqual({ carbon: failing(5) });
  });

  it('has failed since now where that was by a clock that was set back', () => {
    const before = { ...WELL, failing: { carbon: failing(HOUR) } };
    const { failing: all } = withFailure(before, 'carbon', START + 5);
    expect(all).toStrictEqual({ carbon: failing(5) });
  });

  it('is nobody while all is well', () => {
    expect(withAnswer(WELL, 'carbon')).toStrictEqual(WELL);
    expect(withoutUnasked(WELL, START)).toStrictEqual(WELL);
    expect(failingSince(WELL)).toBeUndefined();
  });
});

describe('an outage', () => {
  const contact = { ...WELL, failing: { reporting: failing(MINUTE), carbon: failing(0) } };

  it('lasts since the first of those who fail began to', () => {
    expect(failingSince(contact)).toBe(START);
  });

  it('is told once it has lasted for 5 min', () => {
    expect(outageSince(contact, START + 5 * MINUTE - 1)).toBeUndefined();
    expect(outageSince(contact, START + 5 * MINUTE)).toBe(START);
  });

  it.each([undefined, {}, WELL])('is none where the record is %j', (well) => {
    expect(outageSince(well, START + HOUR)).toBeUndefined();
  });
});

it.each([
  ['were never tried', undefined, true],
  ['never gave a token', { failing: { tokens: failing(0) } }, true],
  ['gave one less than an hour ago', { tokenAt: START - HOUR + 1 }, false],
  ['gave one an hour ago', { tokenAt: START - HOUR }, true],
  ['gave one by a clock that was set back since', { tokenAt: START + 2 * HOUR }, true],
] as const)('credentials that %s are tried: %s', (_, contact, isDue) => {
  expect(isTokenDue(contact, START)).toBe(isDue);
});
