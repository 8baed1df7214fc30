import type { SweepReport } from '../../functions/monitor/metrics.ts';
import type { Invocation } from './invocation.ts';
import type { World } from './world.ts';

/** Tells the world how an invocation begins and ends; one whose process died just never ends. */
export function follow(
  world: World,
  by: Invocation,
  work: Promise<SweepReport | undefined>,
  onReturned: () => void,
): void {
  world.witness.see({ kind: 'Began', by });
  work.then(
    (report) => {
      by.finish();
      world.witness.see({
        kind: 'Ended',
        by,
        end: { kind: 'Returned', ...(report && { report }) },
      });
      onReturned();
    },
    (error: unknown) => {
      by.finish();
      world.witness.see({ kind: 'Ended', by, end: { kind: 'Threw', error } });
    },
  );
}
