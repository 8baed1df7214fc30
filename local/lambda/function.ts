import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

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
  /** Invokes the handler. Rejects with what the handler throws. */
  invoke(event: unknown): Promise<unknown>;
  /** Ends the worker, whatever it is doing. */
  stop(): Promise<void>;
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
  const { functionName, entry, environment, sockets, timeout, onLine } = options;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: { ...environment },
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
    waiting.delete(answer.id);
    if ('error' in answer) invocation?.reject(answer.error);
    else invocation?.resolve(answer.result);
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });

  return {
    invoke(event) {
      const invocation: Invocation = {
        id: randomUUID(),
        event,
        deadline: Date.now() + timeout,
      };
      const result = Promise.withResolvers<unknown>();
      waiting.set(invocation.id, result);
      worker.postMessage(invocation);
      return result.promise;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
