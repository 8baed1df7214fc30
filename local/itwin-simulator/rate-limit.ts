const MINUTE_MS = 60_000;

/** A limit on requests per minute, counted from the first request of each minute. */
export type RateLimit = {
  /** Allows so many requests a minute from now on; undefined lifts the limit. */
  readonly set: (requestsPerMinute: number | undefined) => void;
  /** Counts a request: undefined when it is allowed, else the whole seconds to wait. */
  readonly spend: () => number | undefined;
};

/** A rate limit by the clock `now` (ms since the epoch), lifted until it is set. */
export function createRateLimit(now: () => number): RateLimit {
  let limit = Number.POSITIVE_INFINITY;
  let startedAt = Number.NEGATIVE_INFINITY;
  let spent = 0;
  return {
    set: (requestsPerMinute = Number.POSITIVE_INFINITY) => {
      limit = requestsPerMinute;
      startedAt = Number.NEGATIVE_INFINITY;
    },
    spend: () => {
      if (now() - startedAt >= MINUTE_MS) {
        startedAt = now();
        spent = 0;
      }
      spent += 1;
      return spent > limit ? Math.ceil((startedAt + MINUTE_MS - now()) / 1000) : undefined;
    },
  };
}
