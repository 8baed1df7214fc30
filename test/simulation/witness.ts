import { createCounter, type Figures } from './figures.ts';
import type { Happening } from './happenings.ts';
import { INVARIANTS } from './invariants/all.ts';
import type { Watcher, WorldView } from './invariants/invariant.ts';
import { sentenceOf } from './tell.ts';

/** Something that must never be, and when it was (ms since the epoch). */
export interface Violation {
  readonly at: number;
  readonly invariant: string;
  readonly what: string;
}

/** Sees everything that happens, and holds it against the invariants. */
export interface Witness {
  /** The first thing that must never be. */
  readonly violation: Violation | undefined;
  see(happening: Happening): void;
  /** Checks what must hold in the end. */
  conclude(): void;
}

/**
 * A witness of one run.
 *
 * @param tell undefined when nobody wants to hear the story
 */
export function createWitness(
  view: WorldView,
  figures: Figures,
  tell: ((text: string) => void) | undefined,
): Witness {
  const watchers = INVARIANTS.map(({ name, watch }) => ({ name, ...watch(view) }));
  const notes = byKind(watchers, 'note');
  const judges = byKind(watchers, 'judge');
  const count = createCounter(figures, view);
  let violation: Violation | undefined;

  function hold(invariant: string, what: string | undefined): void {
    figures.checks += 1;
    if (what === undefined || violation !== undefined) return;
    violation = { at: view.now(), invariant, what };
    tell?.(`VIOLATION of "${invariant}": ${what}`);
  }

  return {
    get violation() {
      return violation;
    },
    see(happening) {
      if (violation === undefined) tell?.(sentenceOf(happening));
      count(happening);
      for (const { see } of notes.get(happening.kind) ?? []) see(happening);
      for (const { name, see } of judges.get(happening.kind) ?? []) hold(name, see(happening));
    },
    conclude() {
      for (const { name, end } of watchers) if (end) hold(name, end());
    },
  };
}

/** What one watcher does with things of one kind. */
interface Sight {
  readonly name: string;
  readonly see: (happening: Happening) => string | undefined;
}

function byKind(
  watchers: readonly (Watcher & { readonly name: string })[],
  part: 'note' | 'judge',
): ReadonlyMap<Happening['kind'], readonly Sight[]> {
  const sights = new Map<Happening['kind'], Sight[]>();
  for (const { name, [part]: functions = {} } of watchers) {
    for (const [kind, see] of Object.entries(functions) as [Happening['kind'], Sight['see']][]) {
      sights.set(kind, [...(sights.get(kind) ?? []), { name, see }]);
    }
  }
  return sights;
}
