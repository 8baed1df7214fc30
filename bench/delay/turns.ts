import {
  type Checkpoint,
  filled,
  firstCheckpoint,
} from '../../functions/core/sweeps/checkpoint.ts';
import { continuePass, followUps, leftToLogs, planPass } from '../../functions/core/sweeps/pass.ts';
import {
  learn,
  NO_RUNS,
  type RunLengths,
  type Turn,
  turnOf,
} from '../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../functions/core/time.ts';
import type { Policy } from './policy.ts';
import { type Population, slotOf } from './population.ts';

/** What the monitor knows of the runs. */
export interface Knowledge {
  /** @default none */
  readonly runLengths?: RunLengths;
  /** Whether it goes on learning. */
  readonly isLearning: boolean;
  /** The least time (ms) from one sweep to the next. @default a minute */
  readonly checkEvery?: number;
}

/** How a policy is told what it watches, and with how many checks a minute. */
export type CreatePolicy = (population: Population, budget: number) => Policy;

/** Turns by what is known, whatever comes of them. */
export function knowing(runLengths: RunLengths): CreatePolicy {
  return (population, budget) => turns(population, budget, { isLearning: false, runLengths });
}

/** The monitor's own sweeps, one a minute and its follow-ups: round the pending jobs, each job in its turn. */
export function turns({ slots }: Population, budget: number, knowledge: Knowledge): Policy {
  const { isLearning, runLengths = NO_RUNS, checkEvery = MINUTE } = knowledge;
  let checkpoint: Checkpoint = { ...firstCheckpoint(0, budget), runLengths };
  let comeBy = 0;
  let due: readonly number[] = [];

  function sweep(now: number, check: Parameters<Policy['tick']>[1], reserve = 0): void {
    const { after: start } = checkpoint;
    const bucket = filled(checkpoint, now, budget);
    let left = Math.floor(bucket.budget - reserve);
    const most = left;
    let known = checkpoint.runLengths ?? NO_RUNS;

    /** One part of a pass, as `functions/monitor/checks/pass.ts` walks it; every check is answered at once. */
    function walk(until: number): void {
      const { after } = checkpoint;
      const plan = planPass(checkpoint, budget);
      const done: Turn[] = [];
      let last: string | undefined;
      let slot = after === undefined ? 0 : slotOf(after) + 1;
      for (; slot < until; slot += 1) {
        const job = slots[slot];
        if (job === undefined) continue;
        const turn = turnOf(job, plan, now);
        if (turn.isDue && left <= 0) break;
        done.push(turn);
        last = job.jobId;
        if (!turn.isDue) continue;
        left -= 1;
        const { state, registeredAt } = job;
        if (check(job) && isLearning) known = learn(known, { state, registeredAt, endedAt: now });
      }
      comeBy += done.length;
      const part = {
        startedAt: now,
        ...(last !== undefined && { last }),
        done,
        isPassComplete: slot === slots.length,
        answers: {},
      };
      checkpoint = continuePass(checkpoint, part, now);
    }

    walk(slots.length);
    const isPassOver = checkpoint.passStartedAt === undefined;
    if (isPassOver && start !== undefined && left > 0) walk(slotOf(start) + 1);
    const spent = most - left;
    checkpoint = { ...checkpoint, ...bucket, budget: bucket.budget - spent, runLengths: known };
  }

  return {
    tick(now, check) {
      const [next] = due;
      if (now % MINUTE === 0) {
        sweep(now, check);
        due = followUps(checkpoint, now, { checksPerMinute: budget, checkEvery }).at;
      } else if (next !== undefined && now >= next) {
        due = due.slice(1);
        sweep(now, check, leftToLogs(budget));
      }
    },
    get comeBy() {
      return comeBy;
    },
  };
}
