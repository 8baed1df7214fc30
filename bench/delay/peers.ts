import { MINUTE, SECOND } from '../../functions/core/time.ts';
import { createRandom } from '../../test/simulation/random.ts';
import type { Policy } from './policy.ts';
import type { Population, SimulatedJob } from './population.ts';

/** Every pending job in its turn, as many a minute as the budget allows. */
export function roundRobin({ slots }: Population, budget: number): Policy {
  let slot = 0;
  return {
    tick(now, check) {
      if (now % MINUTE !== 0) return;
      let left = budget;
      for (let seen = 0; seen < slots.length && left > 0; seen += 1) {
        const job = slots[slot];
        slot = (slot + 1) % slots.length;
        if (job === undefined) continue;
        check(job);
        left -= 1;
      }
    },
  };
}

/** Each job has its own timer, always as long. */
export function fixedInterval(population: Population, budget: number): Policy {
  return timers(population, budget, () => MINUTE);
}

/**
 * Each job has its own timer: up to 5 s, then 1.5 times as long each time, up to 300 s, and each time
 * a random part of it. The default of Lambda durable functions, but for its end after 60 checks.
 *
 * @see https://github.com/aws/aws-durable-execution-sdk-js/blob/main/packages/aws-durable-execution-sdk-js/src/utils/wait-strategy/wait-strategy-config.ts
 */
export function exponentialBackoff(population: Population, budget: number): Policy {
  const random = createRandom(1);
  const longest = (checks: number) => Math.min(300, 5 * 1.5 ** checks);
  const intervalAfter = (checks: number) => Math.max(1, longest(checks) * random.next()) * SECOND;
  return timers(population, budget, intervalAfter);
}

/**
 * Timers, to the second. What is due beyond the budget waits in line.
 *
 * @param intervalAfter how long (ms) to wait after so many checks of a job
 */
function timers(
  { slots }: Population,
  budget: number,
  intervalAfter: (checks: number) => number,
): Policy {
  const due = new Map<number, Timer[]>();
  /** Those that are due, in the order in which they became so; the first `served` are done. */
  const line: Timer[] = [];
  let served = 0;
  let tokens = budget;

  function set(job: SimulatedJob, checks: number, at: number): void {
    const second = Math.ceil(at / SECOND);
    const timer = { job, checks };
    const others = due.get(second);
    if (others) others.push(timer);
    else due.set(second, [timer]);
  }

  for (const job of slots) {
    if (job === undefined) continue;
    let [at, checks] = [job.registeredAt, 0];
    for (; at <= 0; checks += 1) at += intervalAfter(checks);
    set(job, checks, at);
  }
  return {
    registered: (job) => set(job, 1, job.registeredAt + intervalAfter(0)),
    tick(now, check) {
      const second = now / SECOND;
      line.push(...(due.get(second) ?? []));
      due.delete(second);
      tokens = Math.min(budget, tokens + budget / 60);
      for (let next = line[served]; next !== undefined && tokens >= 1; next = line[served]) {
        served += 1;
        tokens -= 1;
        if (!check(next.job)) set(next.job, next.checks + 1, now + intervalAfter(next.checks));
      }
      if (served < 100_000) return;
      line.splice(0, served);
      served = 0;
    },
  };
}

/** The check of a job after so many before it. */
interface Timer {
  readonly job: SimulatedJob;
  readonly checks: number;
}
