import type { TroubleKind } from './faults.ts';
import type { Happening } from './happenings.ts';
import type { WorldView } from './invariants/invariant.ts';

/** What one run was like, in numbers. */
export interface Figures {
  jobs: number;
  sweeps: number;
  readonly faults: Map<TroubleKind, number>;
  /** How often an invariant was checked. */
  checks: number;
  alerts: number;
  /** Alerts that the topic took more than once. */
  duplicates: number;
  /** How long (ms) it took from each end upstream until somebody was told. */
  readonly delays: number[];
}

/** The figures of a run that has not begun. */
export function createFigures(jobs: number): Figures {
  return { jobs, sweeps: 0, faults: new Map(), checks: 0, alerts: 0, duplicates: 0, delays: [] };
}

/** Counts one more fault. */
export function countFault({ faults }: Figures, kind: TroubleKind): void {
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
}

/** Keeps figures of what happens. */
export function createCounter(figures: Figures, world: WorldView): (happening: Happening) => void {
  const told = new Set<string>();
  return (happening) => {
    if (happening.kind === 'Began' && happening.by.kind === 'sweep') figures.sweeps += 1;
    if (happening.kind !== 'AlertAccepted') return;
    const { id, jobId, state } = happening.alert;
    if (told.has(id)) {
      figures.duplicates += 1;
      return;
    }
    told.add(id);
    figures.alerts += 1;
    const { end } = world.script(jobId);
    if (end?.word !== state) return;
    const registeredAt = Date.parse(id.split('/')[1] ?? '');
    figures.delays.push(world.now() - Math.max(end.at, registeredAt));
  };
}
