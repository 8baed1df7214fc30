import { createRandom, type Random } from '../random.ts';

/** A situation that a contract brings a stand-in into. */
interface Wanted {
  readonly kind: string;
  readonly header?: string | null;
  readonly body?: string;
}

/**
 * Chance, as a situation wants it: what it speaks of is picked, else the first; and yes or no, whether
 * it is of the kind that asks for a yes.
 */
export function chanceFor(situation: () => Wanted, kindOfYes: string): Random {
  return {
    ...createRandom(1),
    chance: () => situation().kind === kindOfYes,
    pick(list) {
      const { header, body } = situation();
      const wanted: readonly unknown[] = [header, Number(header), body];
      const found = list.findIndex((item) => wanted.includes(item));
      return list[Math.max(0, found)] as (typeof list)[0];
    },
  };
}
