import { SECOND } from '../../functions/core/time.ts';
import { quantile } from '../harness/rounds.ts';
import { markdownTable } from '../report/table.ts';
import type { Population } from './population.ts';
import { simulate } from './simulate.ts';
import { turns } from './turns.ts';
import { lengthsOf, WORKLOADS } from './workloads.ts';

/** Pending jobs over budget. */
const SHARES = [0.02, 0.1, 0.2, 0.3, 0.45, 0.6, 0.9];

/** What is measured. */
export interface RoomSettings {
  /** Checks a minute. */
  readonly budget: number;
  /** How many ended runs to measure at least. */
  readonly ends: number;
}

/** Mean and 95th percentile of the delay (s) with room in the budget, with follow-ups and without. */
export function roomTable({ budget, ends }: RoomSettings): string {
  const [workload] = WORKLOADS;
  if (!workload) throw new Error('There is no workload.');
  const lengths = lengthsOf(workload);
  const rows = SHARES.map((share) => {
    const running = Math.max(1, Math.round(share * budget));
    const minutes = Math.ceil((ends * lengths.mean) / running);
    const outcomeWith = (checkEvery: number) =>
      simulate({
        ...{ workload, lengths, running, budget, minutes, warmUp: 10, seed: 1 },
        createPolicy: (population: Population, checks: number) =>
          turns(population, checks, { isLearning: true, checkEvery }),
      });
    const cells = [15, 60].flatMap((seconds) => {
      const { delays, meanDelay } = outcomeWith(seconds * SECOND);
      return [meanDelay, quantile(delays, 0.95)].map((delay) => (delay * 60).toFixed(1));
    });
    return [String(share), ...cells];
  });
  const head = ['pending ÷ budget', 'mean, s', '95 %, s', 'once a minute: mean, s', '95 %, s'];
  return markdownTable(head, rows);
}
