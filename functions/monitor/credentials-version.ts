import type { SweepContext } from './sweep-context.ts';

/**
 * Which credentials there are now.
 *
 * @returns undefined when they cannot be read (the log says why): any that can be are a change
 */
export async function credentialsVersion({
  tokens,
  log,
  signal,
}: Pick<SweepContext, 'tokens' | 'log' | 'signal'>): Promise<string | undefined> {
  try {
    return await tokens.credentialsVersion(signal);
  } catch (error) {
    log.warn('The credentials cannot be read', { error });
    return undefined;
  }
}
