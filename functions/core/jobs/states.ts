/**
 * Where a job stands. Upstream may add words of its own at any time, so this is a string; the
 * groups below say which words the monitor knows.
 */
export type State = string;

/** States an extraction run has upstream, as far as they are documented or seen in Bentley's clients. */
export const UPSTREAM_STATES = [
  'Queued',
  'Running',
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
] as const;

/** States only the monitor gives a job. */
export const MONITOR_STATES = [
  'Registered',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'Cancelled',
] as const;

const ENDED_UPSTREAM: ReadonlySet<State> = new Set(['Succeeded', 'PartiallySucceeded', 'Failed']);
const ENDED_BY_MONITOR: ReadonlySet<State> = new Set([
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'Cancelled',
]);
const KNOWN_UPSTREAM: ReadonlySet<State> = new Set(UPSTREAM_STATES);
const OWN: ReadonlySet<State> = new Set(MONITOR_STATES);
const STATE_WORD = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Whether a state ends the watch. */
export function isTerminal(state: State): boolean {
  return ENDED_UPSTREAM.has(state) || ENDED_BY_MONITOR.has(state);
}

/** Whether the monitor itself ended the job, so that registering it again reopens it. */
export function isEndedByMonitor(state: State): boolean {
  return ENDED_BY_MONITOR.has(state);
}

/** Whether upstream has ever answered with a state for this job since it was registered. */
export function isSeen(state: State): boolean {
  return state !== 'Registered';
}

/** Whether a word is one upstream is known to use. Others are watched, never taken as an end. */
export function isKnownUpstream(state: State): boolean {
  return KNOWN_UPSTREAM.has(state);
}

/**
 * The state that an upstream word stands for: a known word in whatever case, else the word itself, or
 * `Upstream:<word>` when it is one of the monitor's own. Undefined when it is no word a state can be.
 */
export function stateFromUpstream(word: string): State | undefined {
  if (!STATE_WORD.test(word)) return undefined;
  const known = UPSTREAM_STATES.find((state) => state.toLowerCase() === word.toLowerCase());
  if (known) return known;
  return OWN.has(word) ? `Upstream:${word}` : word;
}
