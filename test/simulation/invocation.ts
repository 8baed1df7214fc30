import type { Log, TimeSource } from '../../functions/core/ports.ts';
import { type Caller, type CallerParts, createCaller } from './caller.ts';
import { createLife } from './life.ts';

/** One run of a function: a sweep, or a request to the API. */
export interface Invocation {
  /** As a reader of the story should see it: `sweep 12`. */
  readonly name: string;
  readonly kind: 'sweep' | 'api';
  /** When it must be over (ms since the epoch), if it is a follow-up. */
  readonly until?: number;
  /** The time as its process has it (ms since the epoch). */
  readonly time: TimeSource;
  readonly log: Log;
  readonly call: Caller;
  /** Calls that it made and waits for. */
  pending(): number;
  /** How long (ms) slow calls to services of ours have taken so far, and its process was frozen, together. */
  delay(): number;
  isOver(): boolean;
  /** It returned or threw: whatever it does from now on, it does behind everybody's back. */
  finish(): void;
  /** Its process is gone: nothing it waits for ever comes. */
  die(): void;
}

/** What an invocation lives in. */
export interface InvocationParts extends Omit<CallerParts, 'life' | 'onDelay'> {
  readonly name: string;
  readonly kind: Invocation['kind'];
  readonly until?: number;
  /** By how much (ms) its clock is fast. */
  readonly skew: number;
  /** Its process is gone before it came to its end. */
  onDeath(): void;
  tell(text: string): void;
}

const TIME_IS_UP = new DOMException('Time is up.', 'TimeoutError');

/** An invocation that has just begun. */
export function createInvocation(parts: InvocationParts): Invocation {
  const { name, kind, scheduler, skew, onDeath, tell } = parts;
  const life = createLife(scheduler, () => {
    caller.forgetAll();
    onDeath();
  });
  let delay = 0;
  const onDelay = (ms: number) => {
    delay += ms;
  };
  const caller = createCaller({ ...parts, life, onDelay });
  const note = (level: string) => (message: string) => tell(`${name} ${level}: ${message}`);
  return {
    name,
    kind,
    ...(parts.until !== undefined && { until: parts.until }),
    time: {
      now: () => scheduler.now() + skew,
      timeout(ms) {
        const controller = new AbortController();
        const abort = () => controller.abort(TIME_IS_UP);
        scheduler.at(scheduler.now() + ms, () => !life.isOver() && life.resume(abort));
        return controller.signal;
      },
    },
    log: { info: note('notes'), warn: note('warns'), error: note('complains') },
    call: caller.call,
    pending: caller.pending,
    delay: () => delay,
    isOver: life.isOver,
    finish: life.finish,
    die: life.die,
  };
}
