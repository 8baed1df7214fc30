/** Why no request may leave any more. */
export type Shut = 'Paused' | 'BudgetSpent' | 'TimeUp';

/** The one place that every request to upstream has to pass. */
export interface RequestGate {
  /** Takes one unit of budget for one request. @returns false when no request may leave any more */
  admit(): boolean;
  /** Undefined while requests may leave. */
  readonly shut: Shut | undefined;
  /** Closes for the rest of the sweep. */
  close(): void;
  readonly isClosed: boolean;
  /** Units of budget that are left; a fraction of one is the next sweep's. */
  readonly left: number;
}

/**
 * A gate that stays open while there is budget, time, and no reason to pause.
 *
 * @param budget requests that may be made
 * @param isTimeLeft whether a request may still start
 */
export function createRequestGate(budget: number, isTimeLeft: () => boolean): RequestGate {
  let left = budget;
  let isClosed = false;

  function whyShut(): Shut | undefined {
    if (isClosed) return 'Paused';
    if (left < 1) return 'BudgetSpent';
    return isTimeLeft() ? undefined : 'TimeUp';
  }

  return {
    admit() {
      if (whyShut() !== undefined) return false;
      left -= 1;
      return true;
    },
    get shut() {
      return whyShut();
    },
    close() {
      isClosed = true;
    },
    get isClosed() {
      return isClosed;
    },
    get left() {
      return left;
    },
  };
}
