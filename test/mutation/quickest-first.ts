import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What tells most mutants from the product in the least time comes first, what is slow comes last. */
const FIRST = [/golden\.test\.ts$/, /in-memory\//];
const LAST = [
  /properties\.test\.ts$/,
  /seeds\.ts$/,
  /handler\.test\.ts$/,
  // On real engines.
  /monitor\/(alerts|imodels|writes)/,
  /monitor\/(checks\/(answers|overload|pass|timeout)|lease|upstream\/(limits|rate))/,
  // Waiting by the clock, or for twenty races.
  /cli\/commands\/watch|races/,
];

/** The first test that fails ends the run of a mutant: the order of files is what it costs. */
export class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort(
      (a, b) => rank(a.moduleId) - rank(b.moduleId) || (a.moduleId < b.moduleId ? -1 : 1),
    );
  }
}

function rank(file: string): number {
  const first = FIRST.findIndex((pattern) => pattern.test(file));
  if (first >= 0) return first;
  return FIRST.length + LAST.findIndex((pattern) => pattern.test(file)) + 1;
}
