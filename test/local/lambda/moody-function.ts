/** A function that does what it is told, and tells how often it was invoked since it began. */
let invocations = 0;

export async function handler(mood: string): Promise<number> {
  invocations += 1;
  if (mood === 'blocks') for (;;);
  if (mood === 'exits') process.exit(0);
  if (mood === 'breaks') queueMicrotask(() => JSON.parse('}'));
  // What breaks has no answer either: which of the two arrives first is chance.
  if (mood === 'waits' || mood === 'breaks') await new Promise(() => undefined);
  if (mood === 'grows') for (const all: unknown[] = []; ; ) all.push(new Array(1_000_000).fill(0));
  if (mood === 'throws') throw new RangeError('It is in no mood.');
  return invocations;
}
