import type { Answer } from '../../../functions/core/jobs/observation.ts';
import type { Api } from '../../../functions/core/kinds/kind.ts';
import type { RunListAnswer } from '../../../functions/core/ports.ts';
import { isUnanswered } from '../../../functions/core/sweeps/faults.ts';
import type { Pause } from '../../../functions/core/sweeps/pause.ts';
import { isoTime } from '../../../functions/core/time.ts';
import type { Invocation } from '../invocation.ts';
import { valuesOf } from './checks.ts';
import type { Invariant, Watcher } from './invariant.ts';

/** What must hold for the pauses that sweeps call for. */
export const pauseInvariants: readonly Invariant[] = [
  {
    name: 'requests are paused only for what a sweep was answered, and what speaks of all runs',
    watch: calledFor,
  },
];

/** This many runs of an API without an answer are an outage, as the documents have it. */
const RUNS_IN_AN_OUTAGE = 10;

/** What one sweep was answered. */
interface Heard {
  /** Until when upstream wanted to be left alone (ms since the epoch): with a limit, and with a 503. */
  readonly limits: Set<number>;
  readonly busy: Set<number>;
  /** The runs of each API that gave no answer. */
  readonly silent: Map<Api, Set<string>>;
  /** The APIs of which a run gave one. */
  readonly answered: Set<Api>;
  isMissing: boolean;
  /** Whether a run or a list was answered with a 200. */
  isAlive: boolean;
}

function createHeard() {
  const heard = new Map<Invocation, Heard>();

  function of(by: Invocation): Heard {
    const known = heard.get(by) ?? {
      limits: new Set(),
      busy: new Set(),
      silent: new Map(),
      answered: new Set(),
      isMissing: false,
      isAlive: false,
    };
    heard.set(by, known);
    return known;
  }

  /** What an answer of a run, a list or a name says of all of upstream. */
  function note(by: Invocation, answer: Answer | RunListAnswer | undefined): void {
    if (answer?.kind === 'RateLimited') of(by).limits.add(answer.retryAt);
    if (answer && ['Status', 'Pending', 'Page'].includes(answer.kind)) of(by).isAlive = true;
    if (answer?.kind === 'Missing') of(by).isMissing = true;
  }

  return {
    of,
    note,
    noteRun(by: Invocation, api: Api, jobId: string, answer: Answer | undefined): void {
      note(by, answer);
      const isSilent = !answer || (answer.kind === 'Failed' && isUnanswered(answer.error));
      if (isSilent) valuesOf(of(by).silent, api).add(jobId);
      // The limit of logs is none of a run.
      else if (answer.kind !== 'RateLimited') of(by).answered.add(api);
      const retryAt = answer?.kind === 'Failed' ? answer.retryAt : undefined;
      if (retryAt !== undefined) of(by).busy.add(retryAt);
    },
  };
}

function calledFor(): Watcher {
  const heard = createHeard();
  return {
    note: {
      Answered: ({ by, api, jobId, answer }) => heard.noteRun(by, api, jobId, answer),
      ListAnswered: ({ by, answer }) => heard.note(by, answer),
      NameAnswered({ by, answer }) {
        if (answer.kind === 'RateLimited') heard.of(by).limits.add(answer.retryAt);
      },
    },
    judge: {
      CheckpointWritten({ by, before, after: { pause } }) {
        const isNew =
          pause && (pause.until !== before?.pause?.until || pause.reason !== before.pause.reason);
        const why = isNew && whyUncalled(pause, heard.of(by));
        return why
          ? `${by.name} paused (${pause.reason}) until ${isoTime(pause.until)}, ${why}`
          : undefined;
      },
    },
  };
}

function whyUncalled({ reason, cause, until }: Pause, heard: Heard): string | undefined {
  switch (reason) {
    case 'RateLimited':
      return heard.limits.has(until) ? undefined : 'which no limit asked for';
    case 'UpstreamFault':
      return heard.isMissing ? undefined : 'and no run was missing';
    case 'CredentialsRefused':
      // The token endpoint may say so at any time, whoever was answered before.
      return undefined;
    case 'UpstreamDown':
      return cause === 'TokenEndpointDown' ? undefined : whyNoOutage(until, heard);
  }
}

/** A 503 that says when to come back holds all up only where nobody is answered. */
function whyNoOutage(
  until: number,
  { busy, silent, answered, isAlive }: Heard,
): string | undefined {
  if (busy.has(until)) return isAlive ? 'because of one API, and somebody was answered' : undefined;
  const isOutage = [...silent].some(
    ([api, jobIds]) => jobIds.size >= RUNS_IN_AN_OUTAGE && !answered.has(api),
  );
  return isOutage ? undefined : 'and no API had left ten runs without an answer';
}
