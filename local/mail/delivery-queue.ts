import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { HOUR, MINUTE, SECOND } from '../../functions/core/time.ts';
import { TextRefused } from './mail-server.ts';

/** How long to wait between two tries, in ms. */
export interface Waits {
  /** After the first failure; each further one doubles it. */
  readonly first: number;
  readonly longest: number;
  /** After the text of a mail was refused. */
  readonly refusedText: number;
}

/** Soon after a server was restarted, and no burden to one that always refuses. */
export const WAITS: Waits = { first: 5 * SECOND, longest: 15 * MINUTE, refusedText: HOUR };

interface DeliveryOptions<Letter> {
  readonly send: (letter: Letter) => Promise<void>;
  /** Gets each error of `send`, with the ms until the letter is tried again. */
  readonly onFailure: (letter: Letter, error: unknown, wait: number) => void;
  readonly waits: Waits;
  /** No further try begins after it. */
  readonly signal: AbortSignal;
}

/** Letters that are sent one after the other. */
interface DeliveryQueue<Letter> {
  add(letter: Letter): void;
  /** Resolves, after the signal, when a try that was under way has ended. */
  ended(): Promise<void>;
}

/**
 * A queue in which each letter is tried, ever more slowly, until it is sent, and then the next. Only
 * a letter whose text is refused steps aside, so that it does not hold up the others.
 */
export function createDeliveryQueue<Letter>(
  options: DeliveryOptions<Letter>,
): DeliveryQueue<Letter> {
  const { send, onFailure, waits, signal } = options;
  const inTurn = pLimit(1);
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);

  async function deliver(letter: Letter): Promise<void> {
    for (let wait = waits.first; !signal.aborted; wait = Math.min(2 * wait, waits.longest)) {
      try {
        return await send(letter);
      } catch (error) {
        if (error instanceof TextRefused) return void stepAside(letter, error);
        onFailure(letter, error, wait);
      }
      await pause(wait);
    }
  }

  async function stepAside(letter: Letter, error: TextRefused): Promise<void> {
    onFailure(letter, error, waits.refusedText);
    await pause(waits.refusedText);
    add(letter);
  }

  const add = (letter: Letter) => void inTurn(() => deliver(letter));
  return { add, ended: () => inTurn(async () => undefined) };
}
