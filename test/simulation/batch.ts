import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { createPlan } from './plan/plan.ts';
import { runPlan } from './run.ts';
import { addRun, addTotal, createTotal, type Total } from './total.ts';
import type { Violation } from './witness.ts';

/** Runs with seeds that follow each other. */
export interface Batch {
  readonly firstSeed: number;
  readonly runs: number;
}

/** A run that broke an invariant. */
export interface Failure {
  readonly seed: number;
  readonly violation: Violation;
}

/** What came of a batch: it ends with the first failure. */
export interface BatchResult {
  readonly total: Total;
  readonly failure?: Failure;
}

/** How many runs are handed out at a time. */
const PORTION = 100;

/**
 * As much memory for what is short-lived as pays, and no thread beside the one that works: there is
 * a process for each core already.
 */
const V8_OPTIONS = ['--single-threaded-gc', '--max-semi-space-size=32'];

/** Carries out one run after the other. */
export async function runBatch({ firstSeed, runs }: Batch): Promise<BatchResult> {
  const total = createTotal();
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const { figures, violation } = await runPlan(createPlan(seed));
    addRun(total, figures);
    if (violation) return { total, failure: { seed, violation } };
    // Node tells of errors that nobody has caught only when it gets to breathe.
    await setImmediate();
  }
  return { total };
}

/** What to do while a batch is under way. */
export interface Watching {
  /** Called now and then with all figures so far. */
  onProgress(total: Total): void;
  readonly signal: AbortSignal;
}

/** Carries out a batch in several processes, each on portions of it, until one of them fails. */
export async function runInProcesses(
  batch: Batch,
  processes: number,
  { onProgress, signal }: Watching,
): Promise<BatchResult> {
  const total = createTotal();
  const portions = portionsOf(batch);
  let failure: Failure | undefined;

  async function work(run: (portion: Batch) => Promise<BatchResult>): Promise<void> {
    for (const portion of portions) {
      const result = await run(portion);
      addTotal(total, result.total);
      onProgress(total);
      failure ??= result.failure;
      if (failure || signal.aborted) return;
    }
  }

  if (processes === 1) await work(runBatch);
  else await Promise.all(Array.from({ length: processes }, () => inProcess(work)));
  return { total, ...(failure && { failure }) };
}

function* portionsOf({ firstSeed, runs }: Batch): Generator<Batch> {
  for (let done = 0; done < runs; done += PORTION) {
    yield { firstSeed: firstSeed + done, runs: Math.min(PORTION, runs - done) };
  }
}

async function inProcess(
  work: (run: (portion: Batch) => Promise<BatchResult>) => Promise<void>,
): Promise<void> {
  const child = fork(new URL('./worker.ts', import.meta.url), {
    execArgv: V8_OPTIONS,
    serialization: 'advanced',
  });
  try {
    await work((portion) => ask(child, portion));
  } finally {
    child.disconnect();
  }
}

async function ask(child: ChildProcess, portion: Batch): Promise<BatchResult> {
  const settled = new AbortController();
  const { signal } = settled;
  const exited = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`A process of the simulation ended with ${code}: see above.`);
  });
  try {
    child.send(portion);
    const [result] = await Promise.race([once(child, 'message', { signal }), exited]);
    return result;
  } finally {
    settled.abort();
    exited.catch(() => undefined);
  }
}
