import type { Caller } from '../caller.ts';

/** Carries every call out at once, without any faults. */
export const callAtOnce: Caller = async ({ signal, effect }) => {
  signal?.throwIfAborted();
  return effect();
};
