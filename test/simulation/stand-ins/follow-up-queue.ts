import type { FollowUpQueue } from '../../../functions/core/ports.ts';
import { MINUTE, SECOND } from '../../../functions/core/time.ts';
import type { Caller } from '../caller.ts';
import type { FaultKind } from '../faults.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';

/** A queue of delayed messages, each of which asks for a sweep that must be over by then. */
export interface Messages {
  send(delays: readonly number[], until: number): void;
  /** Lets somebody have the messages when they come; each is a sweep. */
  deliverTo(begin: (until: number) => boolean): void;
}

/** What the queue is made of. */
export interface MessagesParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  strikes(fault: FaultKind, detail: string): boolean;
}

/** An empty queue. A message may be lost, come twice, or come when its minute is long over. */
export function createMessages({ scheduler, random, strikes }: MessagesParts): Messages {
  let begin: ((until: number) => boolean) | undefined;

  function deliver(delay: number, until: number): void {
    const late = strikes('message late', `after ${delay} s`) ? random.integer(1_000, 200_000) : 0;
    const at = scheduler.now() + delay * SECOND + random.integer(0, 500) + late;
    scheduler.at(at, () => begin?.(until) ?? false);
  }

  return {
    deliverTo(receiver) {
      begin = receiver;
    },
    send(delays, until) {
      for (const delay of delays) {
        if (strikes('message lost', `after ${delay} s`)) continue;
        deliver(delay, until);
        if (strikes('message doubled', `after ${delay} s`)) {
          deliver(Math.min(delay + random.integer(0, 5), MINUTE / SECOND), until);
        }
      }
    },
  };
}

/** The queue as one invocation reaches it. */
export function followUpQueueOf(
  messages: Messages,
  call: Caller,
  onAsked: (delays: readonly number[], until: number) => void,
): FollowUpQueue {
  return {
    send(delays, until, signal) {
      onAsked(delays, until);
      return call({
        what: `ask for follow-ups after ${delays.join(', ')} s`,
        to: 'queue',
        signal,
        effect: () => messages.send(delays, until),
      });
    },
  };
}
