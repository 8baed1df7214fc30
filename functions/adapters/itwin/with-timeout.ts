/** An operation took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Operations that start together, and whose time is up together. */
interface Group {
  /** How long (ms) they may take. */
  readonly ms: number;
  /** Until when an operation may join, by the clock of `performance`. */
  readonly isOpenUntil: number;
  readonly members: Set<AbortController>;
}

/** For how long a group takes in operations: this share of the time that they may take. */
const OPEN_FOR = 0.02;

/** The latest group under each signal. */
const groups = new WeakMap<AbortSignal, Group>();

/**
 * Runs an operation with a signal that aborts when the caller's does, and after `ms` at the latest
 * (up to 2 % earlier).
 *
 * Operations that start together share a timer and a listener: of its own for each of thousands of
 * requests, both would be a good part of their CPU. The caller's signal collects a listener for each
 * group, and none for each operation.
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
  const members = membersOfGroup(signal, ms);
  const controller = new AbortController();
  members.add(controller);
  try {
    return await run(controller.signal);
  } catch (error) {
    // Whatever an abort broke, the abort is the cause.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    members.delete(controller);
  }
}

function membersOfGroup(signal: AbortSignal, ms: number): Set<AbortController> {
  const now = performance.now();
  const latest = groups.get(signal);
  if (latest?.ms === ms && now <= latest.isOpenUntil) return latest.members;
  const members = new Set<AbortController>();
  const abortAll = (reason: unknown) => {
    for (const member of members) member.abort(reason);
  };
  setTimeout(() => abortAll(new TimedOut(`took longer than ${ms} ms`)), ms).unref();
  signal.addEventListener('abort', () => abortAll(signal.reason));
  groups.set(signal, { ms, isOpenUntil: now + ms * OPEN_FOR, members });
  return members;
}
