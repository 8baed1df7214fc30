import { isoTime } from '../../functions/core/time.ts';
import { createFigures, type Figures } from './figures.ts';
import { firstUnsettled } from './invariants/ends.ts';
import { firstUnfound } from './invariants/found-runs.ts';
import { createInvocation, type Invocation } from './invocation.ts';
import { createOutside, type Ports } from './outside.ts';
import type { Plan } from './plan/plan.ts';
import { createRandom, type Random } from './random.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createMessages, type Messages } from './stand-ins/follow-up-queue.ts';
import type { KeptToken } from './stand-ins/tokens.ts';
import { createTroubles, type Troubles } from './troubles.ts';
import { createWitness, type Witness } from './witness.ts';

/** A process that functions run in, one invocation after the other. */
export interface Process {
  /** By how much (ms) its clock is fast. */
  readonly skew: number;
  readonly kept: KeptToken;
}

/** The simulated world: time, everything outside the functions, and all that goes wrong with it. */
export interface World {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly figures: Figures;
  readonly troubles: Troubles;
  readonly witness: Witness;
  createProcess(): Process;
  /** Begins an invocation of a function; a follow-up is to be over by `until`. */
  invoke(name: string, kind: Invocation['kind'], process: Process, until?: number): Invocation;
  /** What sweeps ask for within their minute. */
  readonly messages: Messages;
  portsOf(invocation: Invocation, process: Process): Ports;
  /** Why all is not settled; undefined when it is. */
  firstUnsettled(): string | undefined;
}

/**
 * A world for one plan.
 *
 * @param tell gets the story, line by line; undefined when nobody reads it
 */
export function createWorld(plan: Plan, tell?: (line: string) => void): World {
  const random = createRandom(plan.seed ^ 0x5eed);
  const scheduler = createScheduler(plan.start);
  const { now } = scheduler;
  const figures = createFigures(plan.jobs.length);
  const say = (text: string) => tell?.(`${isoTime(now()).slice(11, 23)} ${text}`);
  const troubles = createTroubles({ plan, random, now, figures, tell: say });
  const { strikes, isOn } = troubles;
  const messages = createMessages({ scheduler, random, strikes });
  const outside = createOutside({
    plan,
    random,
    scheduler,
    troubles,
    messages,
    onExpired: (job) => witness.see({ kind: 'JobExpired', job }),
  });
  const witness = createWitness(outside.view, figures, tell && say);

  return {
    plan,
    scheduler,
    random,
    figures,
    troubles,
    witness,
    createProcess: () => ({ skew: random.integer(-plan.skew, plan.skew), kept: {} }),
    messages,
    invoke(name, kind, { skew }, until) {
      const by = createInvocation({
        name,
        kind,
        ...(until !== undefined && { until }),
        scheduler,
        random,
        skew,
        strikes,
        isDown: (to) =>
          (to === 'tables' && isOn('tables down')) || (to === 'topic' && isOn('topic down')),
        onDeath: () => witness.see({ kind: 'Ended', by, end: { kind: 'Died' } }),
        onLateCall: (what) => witness.see({ kind: 'CalledLate', by, what }),
        tell: say,
      });
      return by;
    },
    portsOf: (by, { kept }) => outside.portsOf(by, kept, witness.see),
    firstUnsettled: () => firstUnsettled(outside.view.jobs()) ?? firstUnfound(outside.view),
  };
}
