import type { Api } from '../../../functions/core/kinds/kind.ts';
import { KIND_NAMES, kindOf } from '../../../functions/core/kinds/kinds.ts';
import { MINUTE } from '../../../functions/core/time.ts';
import { isOfRuns, WINDOW_KINDS, type WindowKind } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import type { Shape } from './shape.ts';

/** A time in which something is wrong throughout. ms since the epoch. */
export interface Window {
  readonly kind: WindowKind;
  readonly from: number;
  readonly until: number;
  /** The one API that it is about. Absent: all of them. */
  readonly api?: Api;
}

/** When things go wrong: a stretch of time (ms since the epoch). */
export interface Troubled {
  readonly start: number;
  readonly calmFrom: number;
}

/** The upstream APIs. */
export const APIS = [...new Set(KIND_NAMES.map((kind) => kindOf({ kind }).api))];

/** What is wrong for a while, and when. */
export function windowsOf(random: Random, shape: Shape, troubled: Troubled): Window[] {
  const kinds = WINDOW_KINDS.filter(
    (kind) => !(kind in LATER) && random.chance(isOfRuns(kind) ? shape.allMissing : 0.25),
  );
  const isBoth = kinds.includes('all runs missing') && kinds.includes('all runs forbidden');
  return kinds
    .filter((kind) => !isBoth || kind !== 'all runs forbidden')
    .map((kind) => {
      const { from, minutes } = isOfRuns(kind)
        ? missingWindow(random, shape, troubled)
        : anyWindow(random, shape, troubled);
      const until = Math.min(troubled.calmFrom, from + minutes * MINUTE);
      const api = random.pick([undefined, ...APIS]);
      return { kind, from, until, ...(isOfRuns(kind) && api && { api }) };
    });
}

/** What each seed is changed by for randomness of its own: so the other runs stay what they were. */
const LATER = { 'token endpoint silent': 0x70ce, 'lists limited': 0x11317 } as const;

/** What is wrong for a while in some runs of the simulation, and is known of since later than the rest. */
export function laterWindowsOf(seed: number, shape: Shape, troubled: Troubled): Window[] {
  return (Object.keys(LATER) as (keyof typeof LATER)[]).flatMap((kind) => {
    const random = createRandom(seed ^ LATER[kind]);
    if (!random.chance(0.2)) return [];
    const { from, minutes } = anyWindow(random, shape, troubled);
    return [{ kind, from, until: Math.min(troubled.calmFrom, from + minutes * MINUTE) }];
  });
}

/** What stops all requests for as long as upstream says. */
const STOPS = ['upstream limits requests', 'call quota used up', 'upstream busy'] as const;

/**
 * In a few runs of the simulation all runs are missing for half an hour, and then requests are stopped for
 * something else, so that nobody can see the end of it. By randomness of its own, as above.
 *
 * @param others what else is wrong: two such faults may be one of more than an hour, which may end a run
 */
export function faultBeforeStop(
  random: Random,
  { start, calmFrom }: Troubled,
  others: readonly Window[],
): Window[] {
  if (!random.chance(0.06) || others.some(({ kind }) => isOfRuns(kind))) return [];
  const from = start + random.integer(2, 6) * MINUTE;
  const until = from + random.integer(18, 24) * MINUTE;
  const stopUntil = Math.min(calmFrom, until + random.integer(8, 14) * MINUTE);
  return [
    { kind: random.pick(['all runs missing', 'all runs forbidden']), from, until },
    { kind: random.pick(STOPS), from: until, until: stopUntil },
  ];
}

function anyWindow(random: Random, shape: Shape, { start, calmFrom }: Troubled) {
  const [least, most] = random.chance(0.6) ? shape.window : shape.longWindow;
  return {
    from: random.integer(start, calmFrom - MINUTE),
    minutes: random.integer(least, most),
  };
}

/** An hour is how long a run that was seen must be missing before that is its end. */
function missingWindow(random: Random, shape: Shape, troubled: Troubled) {
  return random.chance(shape.missingHour)
    ? { from: troubled.start + random.integer(2, 20) * MINUTE, minutes: random.integer(55, 85) }
    : anyWindow(random, shape, troubled);
}
