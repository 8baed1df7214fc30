import { MINUTE } from '../../functions/core/time.ts';
import { sweep } from '../../functions/monitor/sweep.ts';
import { follow } from './follow.ts';
import type { Invocation } from './invocation.ts';
import type { Process, World } from './world.ts';

/** The schedule of sweeps, and the processes that they run in. */
export interface Schedule {
  /** The tick of one minute (ms since the epoch). */
  tick(time: number): void;
  /** Sweeps that are under way. */
  running(): number;
}

/** For how long (ms) a function may run. */
const FUNCTION_TIMEOUT = MINUTE;

/** A schedule that has not begun. */
export function createSchedule(world: World): Schedule {
  const { scheduler, random, plan } = world;
  const { strikes } = world.troubles;
  const idle: Process[] = [];
  const running = new Set<Invocation>();
  let count = 0;

  function begin(until?: number): boolean {
    count += 1;
    const name = `sweep ${count}`;
    const kept = strikes('process replaced', name) ? undefined : idle.pop();
    const process = kept ?? world.createProcess();
    const invocation = world.invoke(name, 'sweep', process, until);
    running.add(invocation);
    const timeout = strikes('timeout comes late', name) ? 4 * MINUTE : FUNCTION_TIMEOUT;
    scheduler.at(scheduler.now() + timeout, () => {
      invocation.die();
      return false;
    });
    const report = sweep(world.portsOf(invocation, process), plan, until);
    follow(world, invocation, report, () => idle.push(process));
    return true;
  }

  world.messages.deliverTo(begin);
  return {
    running() {
      for (const invocation of running) if (invocation.isOver()) running.delete(invocation);
      return running.size;
    },
    tick(time) {
      if (strikes('tick missing', 'no sweep')) return;
      const delays = [random.integer(0, 900)];
      if (strikes('tick doubled', 'one more sweep')) delays.push(random.integer(0, 59_000));
      for (const delay of delays) scheduler.at(time + delay, () => begin());
    },
  };
}
