import type { SweepContext } from './context.ts';

/**
 * The items of a source until it fails. A failure is logged and counted and ends the walk without
 * leaving anything behind that is still under way.
 */
export async function* guarded<T>(
  source: AsyncIterable<T>,
  { log, report }: Pick<SweepContext, 'log' | 'report'>,
): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    report.errors += 1;
    log.error('The jobs to attend to could not be read to the end', { error });
  }
}
