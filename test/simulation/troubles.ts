import type { Api } from '../../functions/core/kinds/kind.ts';
import type { FaultKind, WindowKind } from './faults.ts';
import { countFault, type Figures } from './figures.ts';
import type { Plan } from './plan/plan.ts';
import type { Random } from './random.ts';

/** What goes wrong at the moment. */
export interface Troubles {
  /** Whether this fault strikes now; when it does, it is counted and told. */
  strikes(fault: FaultKind, detail: string): boolean;
  /** Whether something is wrong for a while, everywhere or in this API. */
  isOn(window: WindowKind, api?: Api): boolean;
}

/** What troubles are made of. */
export interface TroublesParts {
  readonly plan: Plan;
  readonly random: Random;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly figures: Figures;
  tell(text: string): void;
}

/** The troubles of a plan. */
export function createTroubles({ plan, random, now, figures, tell }: TroublesParts): Troubles {
  return {
    strikes(fault, detail) {
      if (now() >= plan.calmFrom || !random.chance(plan.rates[fault])) return false;
      countFault(figures, fault);
      tell(`  fault: ${fault} (${detail})`);
      return true;
    },
    isOn: (kind, api) =>
      plan.windows.some(
        (window) =>
          window.kind === kind &&
          window.from <= now() &&
          now() < window.until &&
          (window.api === undefined || window.api === api),
      ),
  };
}
