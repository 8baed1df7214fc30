/**
 * The one of the words that somebody probably meant, if any: letter case and punctuation aside, at
 * least half of it must be as it was written.
 */
export function closestWord(written: string, words: readonly string[]): string | undefined {
  const [closest] = words
    .map((word) => ({ word, edits: editsBetween(plain(written), plain(word)) }))
    .filter(({ word, edits }) => edits <= word.length / 2)
    .sort((a, b) => a.edits - b.edits);
  return closest?.word;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** How many letters must be inserted, deleted or replaced (Levenshtein distance). */
function editsBetween(from: string, to: string): number {
  let edits = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of [...to].entries()) {
      const replaced = Number(edits[j]) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, Number(edits[j + 1]) + 1, Number(next[j]) + 1));
    }
    edits = next;
  }
  return Number(edits.at(-1));
}
