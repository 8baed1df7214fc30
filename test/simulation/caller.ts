import type { FaultKind } from './faults.ts';
import type { Life } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** One call to the outside world. */
export interface Call<T> {
  /** As a reader of the story should see it: `update job 3`. */
  readonly what: string;
  readonly to: 'tables' | 'topic' | 'queue' | 'upstream' | 'tokens';
  readonly signal?: AbortSignal | undefined;
  /** What the call does on the other side, once it gets there; what it throws is its answer. */
  readonly effect: () => T;
  /** What a write answers that the SDK repeated because the first answer got lost. */
  readonly ifRepeated?: T;
  /** How long (ms) the other side takes, if it is not up to chance. */
  readonly takes?: number;
}

/** Makes calls. */
export type Caller = <T>(call: Call<T>) => Promise<T>;

/** What calls are made of. */
export interface CallerParts {
  readonly life: Life;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Whether this fault strikes now. */
  strikes(fault: FaultKind, detail: string): boolean;
  /** Whether tables or topic are down as a whole. */
  isDown(to: Call<unknown>['to']): boolean;
  /** A slow call to a service of ours, or a frozen process, takes so long (ms) more. */
  onDelay(ms: number): void;
  /** A call was made after the invocation had ended. */
  onLateCall(what: string): void;
}

/** The other side does not answer, or answers with an error: what AWS's SDK makes of it. */
class ServiceFailed extends Error {
  override readonly name = 'ServiceFailed';
}

/** The calls of one invocation. */
interface Calls {
  readonly call: Caller;
  /** How many were made and are waited for. */
  pending(): number;
  /**
   * Waits for none of them any more. Node keeps combined signals that somebody listens to, and with
   * them the whole world of a run.
   */
  forgetAll(): void;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Makes the calls of one invocation, with everything that can go wrong with them. */
export function createCaller(parts: CallerParts): Calls {
  const { life, scheduler, random, strikes } = parts;
  /** For each call that is waited for: how to stop listening for its signal. */
  const waiting = new Set<() => void>();

  /** The one outcome of a call for whoever waits for it; anything after that comes too late. */
  function waitFor<T>({ signal }: Call<T>, start: (waiting: Waiting<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => settle({ error: signal?.reason });
      const ignoreSignal = () => signal?.removeEventListener('abort', onAbort);
      function settle(outcome: Outcome<T>): void {
        if (!waiting.delete(ignoreSignal)) return;
        ignoreSignal();
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.value);
      }
      waiting.add(ignoreSignal);
      signal?.addEventListener('abort', onAbort);
      start({ settle, isGivenUp: () => !waiting.has(ignoreSignal) });
    });
  }

  function send<T>(call: Call<T>, { settle, isGivenUp }: Waiting<T>): void {
    // What was given up may be on its way already, and so may what a dead process has sent.
    const arrivesAnyway = random.chance(0.5);
    scheduler.at(scheduler.now() + latency(parts, call), () => {
      if ((isGivenUp() || life.isDead()) && !arrivesAnyway) return false;
      const outcome = carryOut(parts, call);
      if (strikes('crash after a call', call.what)) {
        life.die();
        return false;
      }
      const answeredAt = scheduler.now() + (call.takes ?? latency(parts, call));
      scheduler.at(answeredAt, () => life.resume(() => settle(outcome)));
      return false;
    });
  }

  return {
    pending: () => waiting.size,
    forgetAll() {
      for (const ignoreSignal of waiting) ignoreSignal();
      waiting.clear();
    },
    call(request) {
      const { what, signal } = request;
      if (!life.isDead() && strikes('crash before a call', what)) life.die();
      if (life.isDead()) return never();
      if (life.isOver()) parts.onLateCall(what);
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (strikes('process frozen', what)) {
        const frozenFor = random.integer(5_000, 120_000);
        parts.onDelay(frozenFor);
        life.freeze(scheduler.now() + frozenFor);
      }
      return waitFor(request, (waiting) => send(request, waiting));
    },
  };
}

/** A call that is waited for. */
interface Waiting<T> {
  settle(outcome: Outcome<T>): void;
  isGivenUp(): boolean;
}

function latency(
  { random, strikes, onDelay }: CallerParts,
  { what, to }: Pick<Call<unknown>, 'what' | 'to'>,
): number {
  if (!strikes('slow call', what)) return random.integer(1, 40);
  const latency = random.integer(1_000, 15_000);
  if (isOurs(to)) onDelay(latency);
  return latency;
}

/** Whether it is a service of ours, and none of upstream's. */
function isOurs(to: Call<unknown>['to']): boolean {
  return to === 'tables' || to === 'topic' || to === 'queue';
}

function carryOut<T>({ strikes, isDown }: CallerParts, call: Call<T>): Outcome<T> {
  const { what, to, effect, ifRepeated } = call;
  const failed = (why: string) => ({ error: new ServiceFailed(`${what}: ${why}`) });
  if (isDown(to)) return failed('the service is down');
  if (isOurs(to) && strikes('call refused', what)) return failed('throttled');
  const outcome = outcomeOf(effect);
  if ('error' in outcome) return outcome;
  if (ifRepeated !== undefined && strikes('write repeated', what)) return { value: ifRepeated };
  if (isOurs(to) && strikes('answer lost', what)) return failed('done, but the answer got lost');
  return outcome;
}

function outcomeOf<T>(effect: () => T): Outcome<T> {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
}

/** Nobody holds on to it, so whatever waits for it goes with it. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
