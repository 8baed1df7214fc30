/** Randomness that a seed decides: the same seed gives the same numbers, for ever. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Randomness of its own: what it is asked for changes nothing here. */
  fork(): Random;
}

/** Randomness from a seed (a 32-bit integer), by Mulberry32: fast, and good enough for faults. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => probability > 0 && next() < probability,
    pick: (list) => list[integer(0, list.length - 1)] as (typeof list)[number],
    fork: () => createRandom(Math.floor(next() * 2 ** 32)),
  };
}
