import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { SECOND } from '../../functions/core/time.ts';

/** A function as it is deployed: an entry file with an exported `handler`, and its environment. */
export interface FunctionOptions {
  readonly functionName: string;
  /** Address of the entry file. */
  readonly entry: URL;
  readonly environment: Readonly<Record<string, string>>;
  /** The folder of sockets: requests to `http://dynamodb.localhost` go to that named `dynamodb`. */
  readonly sockets?: string | undefined;
  /** The most time (ms) that one invocation may take. */
  readonly timeout: number;
  /** Gets each line that the function writes. */
  readonly onLine: (line: string) => void;
}

/** A function in a worker thread of its own, with an environment and an output of its own. */
export interface LocalFunction {
  /**
   * Invokes the handler. As with Lambda, a worker that has broken, or was ended since an invocation took
   * too long, is replaced for the next one.
   *
   * @throws what the handler throws, or what has ended its worker
   * @throws {FunctionTimedOut}
   */
  invoke(event: unknown): Promise<unknown>;
  /** Ends the worker, whatever it is doing. */
  stop(): Promise<void>;
}

/** An invocation had no answer in time; its worker was ended, and all that it was doing. */
class FunctionTimedOut extends Error {
  override readonly name = 'FunctionTimedOut';

  constructor(functionName: string, timeout: number) {
    super(
      `The function ${functionName} took more than ${timeout / SECOND} s and was ended; it begins anew.`,
    );
  }
}

/** A worker has ended by itself before it had answered. */
class FunctionEnded extends Error {
  override readonly name = 'FunctionEnded';

  constructor(functionName: string) {
    super(`The function ${functionName} ended before it had answered; it begins anew.`);
  }
}

/** What a function may need of memory (MB): half of what Lambda gives it. */
const MEMORY = 256;

/** One invocation on its way to the worker. `deadline`: ms since the epoch. */
export interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
}

/** What came of an invocation. */
export type InvocationResult =
  | { readonly id: string; readonly result: unknown }
  | { readonly id: string; readonly error: unknown };

/**
 * Starts a function.
 *
 * @throws what the entry file throws when it is loaded, such as a missing setting
 */
export async function startFunction(options: FunctionOptions): Promise<LocalFunction> {
  let current: Promise<FunctionWorker> | undefined;

  function worker(): Promise<FunctionWorker> {
    if (current) return current;
    const beginning = startWorker(options, forget);
    beginning.catch(forget);
    current = beginning;
    return beginning;

    // The end of a worker may come to light when there is another already.
    function forget(): void {
      if (current === beginning) current = undefined;
    }
  }

  await worker();
  return {
    invoke: async (event) => (await worker()).invoke(event),
    stop: async () => (await current)?.stop(),
  };
}

/** A worker that has loaded the entry file. It calls `onEnd` when it can be invoked no more. */
type FunctionWorker = LocalFunction;

async function startWorker(options: FunctionOptions, onEnd: () => void): Promise<FunctionWorker> {
  const { functionName, entry, environment, sockets, timeout, onLine } = options;
  const { NODE_COMPILE_CACHE } = process.env;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    // Without it the function is compiled anew whenever it begins.
    env: { ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...environment },
    workerData: { functionName, entry: entry.href, sockets },
    // Otherwise its garbage may grow to gigabytes before it is collected.
    resourceLimits: { maxOldGenerationSizeMb: MEMORY, maxYoungGenerationSizeMb: MEMORY / 16 },
    stdout: true,
    stderr: true,
  });
  for (const output of [worker.stdout, worker.stderr]) {
    createInterface({ input: output }).on('line', onLine);
  }
  await once(worker, 'message');

  const waiting = new Map<string, PromiseWithResolvers<unknown>>();
  worker.on('message', (answer: InvocationResult) => {
    const invocation = waiting.get(answer.id);
    if ('error' in answer) invocation?.reject(answer.error);
    else invocation?.resolve(answer.result);
  });
  function end(error: unknown): void {
    onEnd();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }
  worker.once('error', end);
  worker.once('exit', () => end(new FunctionEnded(functionName)));

  return {
    async invoke(event) {
      const invocation: Invocation = { id: randomUUID(), event, deadline: Date.now() + timeout };
      const result = Promise.withResolvers<unknown>();
      waiting.set(invocation.id, result);
      worker.postMessage(invocation);
      const timer = setTimeout(() => {
        end(new FunctionTimedOut(functionName, timeout));
        void worker.terminate();
      }, timeout);
      try {
        return await result.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(invocation.id);
      }
    },
    async stop() {
      waiting.clear();
      await worker.terminate();
    },
  };
}
