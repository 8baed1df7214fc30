/** A run under way and how many wait for its result. */
interface Flight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}

/**
 * Lets everybody who asks for the same thing at once share one run of it. Whoever's signal aborts
 * leaves it to the others; when the last one has left, the run is aborted too.
 */
export function singleFlight<T>(
  run: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let flight: Flight<T> | undefined;

  return async (signal) => {
    signal.throwIfAborted();
    flight ??= start(run);
    const joined = flight;
    joined.waiting += 1;
    try {
      return await unlessAborted(joined.result, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0) {
        joined.controller.abort();
        flight = undefined;
      }
    }
  };
}

function start<T>(run: (signal: AbortSignal) => Promise<T>): Flight<T> {
  const controller = new AbortController();
  return { controller, result: run(controller.signal), waiting: 0 };
}

/** What comes first: a promise's outcome, or the abort of a signal, whose reason is thrown. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
