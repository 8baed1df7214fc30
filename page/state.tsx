import type { ComponentChildren } from 'preact';
import type { JobSummary } from '../client/index.js';

/** How something stands, as far as a reader has to mind. */
export type Tone = 'bad' | 'warn' | 'good' | 'busy' | 'off';

/** A drawing of a state, so that nobody has to go by the colour. */
type Shape = keyof typeof SHAPES;

const CIRCLE = <circle cx="8" cy="8" r="6.2" />;

const SHAPES = {
  cross: (
    <>
      <path class="filled" d="M5 1.2h6L14.8 5v6L11 14.8H5L1.2 11V5z" />
      <path class="cut" d="m5.5 5.5 5 5m0-5-5 5" />
    </>
  ),
  check: (
    <>
      <circle class="filled" cx="8" cy="8" r="7" />
      <path class="cut" d="m4.8 8.2 2.3 2.3 4.2-4.6" />
    </>
  ),
  triangle: (
    <>
      <path class="filled" d="M8 1 15.4 14H.6z" />
      <path class="cut" d="M8 5.6v4m0 2v.4" />
    </>
  ),
  half: (
    <>
      {CIRCLE}
      <path class="filled" d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" />
    </>
  ),
  clock: (
    <>
      {CIRCLE}
      <path d="M8 4.2V8l2.6 1.8" />
    </>
  ),
  question: (
    <>
      {CIRCLE}
      <path d="M6.1 6.2a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.8.6-.8 1.2m0 2v.3" />
    </>
  ),
  lock: (
    <>
      <rect class="filled" x="2.5" y="7" width="11" height="7.4" rx="1.4" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </>
  ),
  stop: (
    <>
      {CIRCLE}
      <path d="M4.8 8h6.4" />
    </>
  ),
  slash: (
    <>
      {CIRCLE}
      <path d="m3.8 12.2 8.4-8.4" />
    </>
  ),
  dotted: <circle cx="8" cy="8" r="6.2" stroke-dasharray="2.2 2.1" />,
  ring: CIRCLE,
  turning: (
    <>
      <circle class="faint" cx="8" cy="8" r="6.2" />
      <path class="turning" d="M8 1.8A6.2 6.2 0 0 1 14.2 8" />
      <circle class="filled" cx="8" cy="8" r="2.2" />
    </>
  ),
} as const;

interface Look {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

const LOOKS: Readonly<Record<string, Omit<Look, 'word'>>> = {
  Registered: { tone: 'busy', shape: 'dotted' },
  Queued: { tone: 'busy', shape: 'ring' },
  Running: { tone: 'busy', shape: 'turning' },
  Succeeded: { tone: 'good', shape: 'check' },
  PartiallySucceeded: { tone: 'warn', shape: 'half' },
  Failed: { tone: 'bad', shape: 'cross' },
  Aborted: { tone: 'warn', shape: 'slash' },
  NotFound: { tone: 'bad', shape: 'question' },
  AccessDenied: { tone: 'bad', shape: 'lock' },
  TimedOut: { tone: 'bad', shape: 'clock' },
  Cancelled: { tone: 'off', shape: 'stop' },
};

const WITH_ISSUES: Look = { word: 'Succeeded with issues', tone: 'warn', shape: 'triangle' };

/** A state in words, as `Timed out`. */
function wordOf(state: string): string {
  return state.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The states that a list can be narrowed to, with the words for them. */
export const STATE_WORDS = Object.keys(LOOKS).map((state) => [state, wordOf(state)] as const);

/** What a state looks like on its own, as in a history: upstream may add words. */
function lookOf(state: string): Look {
  return { word: wordOf(state), ...(LOOKS[state] ?? { tone: 'busy', shape: 'ring' }) };
}

/** How a job looks: a success with issues is none to be passed over. */
function lookOfJob({ state, containsIssues, endedAt }: JobSummary): Look {
  if (state === 'Succeeded' && containsIssues === true) return WITH_ISSUES;
  const look = lookOf(state);
  return endedAt !== null && look.tone === 'busy'
    ? { ...look, tone: 'warn', shape: 'slash' }
    : look;
}

/** How much a reader has to mind that a run ended so: upstream may add words. */
export function toneOfEnd(state: string): Tone {
  return LOOKS[state]?.tone ?? 'warn';
}

/** How much a reader has to mind a job. */
export function toneOf(job: JobSummary): Tone {
  return lookOfJob(job).tone;
}

function marked({ word, ...look }: Look) {
  return <Mark {...look}>{word}</Mark>;
}

/** A shape with its word. */
export function Mark(props: {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`state ${props.tone}`}>
      <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
        {SHAPES[props.shape]}
      </svg>
      <span>{props.children}</span>
    </span>
  );
}

/** The state of a job. */
export function JobState({ job }: { readonly job: JobSummary }) {
  return marked(lookOfJob(job));
}

/** A state by its name. */
export function State({ name }: { readonly name: string }) {
  return marked(lookOf(name));
}
