/** An operation took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/**
 * Runs an operation with a signal that aborts when the caller's does, and after `ms` at the latest.
 *
 * One controller, one timer and one listener that is taken off again: the caller's signal outlives
 * hundreds of fetches, and must not collect a listener of each.
 *
 * @throws TimedOut when the time is up
 * @throws the caller's reason when its signal aborts
 * @throws what the operation throws
 */
export async function withTimeout<T>(
  signal: AbortSignal,
  ms: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new TimedOut(`took longer than ${ms} ms`)), ms);
  signal.addEventListener('abort', onAbort);
  try {
    return await run(controller.signal);
  } catch (error) {
    // Whatever an abort broke, the abort is the cause.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
