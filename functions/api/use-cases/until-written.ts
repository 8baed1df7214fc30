import { Contended } from './refusals.ts';

const ATTEMPTS = 5;

/**
 * Repeats a read, a decision and a conditional write until the write goes through.
 *
 * @param what is written, with its id
 * @param attempt gives undefined when somebody else wrote in between
 * @throws Contended when that happens five times in a row
 */
export async function untilWritten<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let i = 0; i < ATTEMPTS; i += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new Contended(what);
}
