/**
 * Where a job stands. Upstream may add words of its own at any time, so this is a string; the
 * groups below say which words the monitor knows.
 */
export type State = string;

/** States in which a run has ended upstream, whatever words its kind has for them. */
export const UPSTREAM_ENDS = [
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  /** Neither: cancelled, skipped, out of upstream's own time; the reason says which. */
  'Aborted',
] as const;

/** The words a kind of upstream job has for where it stands. Any other is watched on, never an end. */
export interface StateWords {
  /** In the order in which a run has them. */
  readonly pending: readonly string[];
  /** What each word for an end means. */
  readonly ends: Readonly<Record<string, (typeof UPSTREAM_ENDS)[number]>>;
}

/** States only the monitor gives a job. */
export const MONITOR_STATES = [
  'Registered',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'Cancelled',
] as const;

const ENDED_UPSTREAM: ReadonlySet<State> = new Set(UPSTREAM_ENDS);
const ENDED_BY_MONITOR: ReadonlySet<State> = new Set([
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'Cancelled',
]);
/** Words that mean something here, whatever they would mean upstream. */
const OURS: ReadonlySet<State> = new Set([...UPSTREAM_ENDS, ...MONITOR_STATES]);
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

/**
 * The state that an upstream word stands for: what the word means in its kind, in whatever case; else
 * the word itself, or `Upstream:<word>` when it is a state of ours, which it must not be taken for.
 * Undefined when it is no word a state can be.
 */
export function stateFromUpstream(word: string, { pending, ends }: StateWords): State | undefined {
  if (!STATE_WORD.test(word)) return undefined;
  const isMeant = (known: string) => known.toLowerCase() === word.toLowerCase();
  const [, end] = Object.entries(ends).find(([known]) => isMeant(known)) ?? [];
  return end ?? pending.find(isMeant) ?? (OURS.has(word) ? `Upstream:${word}` : word);
}

/** Whether a job can be in such a state. */
export function isPossibleState(text: string): boolean {
  const word = text.replace(/^Upstream:/, '');
  const isOurs = OURS.has(word);
  return word === text ? isOurs || STATE_WORD.test(word) : isOurs;
}
