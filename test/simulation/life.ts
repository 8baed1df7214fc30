import type { Scheduler } from './scheduler.ts';

/** Whether an invocation still runs, and whether its process can go on at the moment. */
export interface Life {
  /** It returned or threw, or its process is gone. */
  isOver(): boolean;
  isDead(): boolean;
  /**
   * Goes on with the invocation: later if its process is frozen, never if that is gone.
   *
   * @returns whether it went on
   */
  resume(run: () => void): boolean;
  /** Nothing goes on until then (ms since the epoch), though time does. */
  freeze(until: number): void;
  finish(): void;
  die(): void;
}

/** A life that has just begun. */
export function createLife(scheduler: Scheduler, onDeath: () => void): Life {
  let state: 'running' | 'finished' | 'dead' = 'running';
  let frozenUntil = 0;

  function resume(run: () => void): boolean {
    if (state === 'dead') return false;
    if (frozenUntil > scheduler.now()) {
      scheduler.at(frozenUntil, () => resume(run));
      return false;
    }
    run();
    return true;
  }

  return {
    isOver: () => state !== 'running',
    isDead: () => state === 'dead',
    resume,
    freeze(until) {
      frozenUntil = until;
    },
    finish() {
      if (state === 'running') state = 'finished';
    },
    die() {
      if (state !== 'running') return;
      state = 'dead';
      onDeath();
    },
  };
}
