import { type Lengths, LONGEST } from './workloads.ts';

/**
 * The least mean delay (minutes) that checks at whole minutes can have.
 *
 * @param checksPerRun how many checks there are for each run, on average
 */
export type Optimum = (checksPerRun: number) => number;

/**
 * The offline optimum for runs of which everything is known but their single lengths: the best times
 * to check a run, found by dynamic programming over its age (Barlow and Proschan's inspection policy)
 * for each price of a check. By Lagrangian duality the greatest of `value - price × checks` is a bound
 * that no schedule with so many checks gets below. Where checks are close together it comes to the
 * square-root law, which Keller's checking density is: checks at a rate proportional to the square root of
 * the hazard [J. B. Keller, Optimum checking schedules for systems subject to random failure, Management
 * Science 21 (1974), 256-260].
 */
export function createOptimum(lengths: Lengths): Optimum {
  const ages = agesOf(lengths);
  const values = PRICES.map((price) => ({ price, value: leastCost(ages, price) }));
  return (checksPerRun) =>
    Math.max(...values.map(({ price, value }) => value - price * checksPerRun));
}

/** Minutes of delay that one more check is worth. */
const PRICES = [0, ...Array.from({ length: 65 }, (_, i) => 2 ** (i / 4 - 8))];

/** By age in whole minutes. */
interface Ages {
  /** Which part of the runs has ended by then. */
  readonly ended: Float64Array;
  /** For how long (minutes) a run has been over by then, on average over all runs. */
  readonly over: Float64Array;
}

function agesOf({ sorted }: Lengths): Ages {
  const ended = new Float64Array(LONGEST + 2);
  const over = new Float64Array(LONGEST + 2);
  let count = 0;
  let sum = 0;
  for (let age = 0; age < ended.length; age += 1) {
    for (
      let length = sorted[count];
      length !== undefined && length <= age;
      length = sorted[count]
    ) {
      count += 1;
      sum += length;
    }
    ended[age] = count / sorted.length;
    over[age] = (count * age - sum) / sorted.length;
  }
  return { ended, over };
}

/** The least sum of a run's delay and the price of its checks, from its registration on. */
function leastCost({ ended, over }: Ages, price: number): number {
  const costFrom = new Float64Array(ended.length);
  for (let age = LONGEST; age >= 0; age -= 1) {
    const gone = ended[age] ?? 0;
    if (gone === 1) continue;
    const check = price * (1 - gone);
    let least = Number.POSITIVE_INFINITY;
    for (let next = age + 1; next < ended.length; next += 1) {
      const delay = (over[next] ?? 0) - (over[age] ?? 0) - (next - age) * gone;
      if (delay + check > least) break;
      least = Math.min(least, delay + check + (costFrom[next] ?? 0));
    }
    costFrom[age] = least;
  }
  return costFrom[0] ?? 0;
}
