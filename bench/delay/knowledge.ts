import {
  ageClass,
  countAges,
  learn,
  NO_RUNS,
  type RunLengths,
} from '../../functions/core/sweeps/schedule.ts';
import { MINUTE } from '../../functions/core/time.ts';
import { createRandom } from '../../test/simulation/random.ts';
import type { Lengths, Workload } from './workloads.ts';

/** What one would know of runs without number, had each been found at once when it ended. */
export function foundAtOnce({ sorted }: Lengths): RunLengths {
  return {
    ended: countAges(
      [],
      [...sorted].map((minutes) => ageClass(minutes * MINUTE)),
    ),
    givenUp: [],
  };
}

/** What the monitor knows after so many runs have ended, found out about at once. */
export function learnedFrom(workload: Workload, ends: number, seed: number): RunLengths {
  const random = createRandom(seed);
  let known = NO_RUNS;
  for (let i = 0; i < ends; i += 1) {
    const endedAt = workload.lengthOf(random) * MINUTE;
    known = learn(known, { state: 'Succeeded', registeredAt: 0, endedAt });
  }
  return known;
}
