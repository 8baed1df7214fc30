import { setTimeout as sleep } from 'node:timers/promises';
import { IntegrationTimeout } from './errors.ts';
import type { GatewayEvent } from './events.ts';

/** Invokes the Lambda function behind the HTTP API. */
export type Invoke = (event: GatewayEvent) => Promise<unknown>;

/** How long to wait, and whom to tell. */
type Patience = {
  /** How long the function may take, ms. */
  readonly timeoutMs: number;
  /** Told of a failure that comes after the timeout, when no caller is left to tell. */
  readonly onError: (error: unknown) => void;
};

/**
 * The function's result for one event. Throws `IntegrationTimeout` when it takes too long: like the
 * real gateway this gives up on the function but cannot stop it.
 */
export async function invokeInTime(
  invokeFunction: Invoke,
  event: GatewayEvent,
  { timeoutMs, onError }: Patience,
): Promise<unknown> {
  const answered = new AbortController();
  const timeout = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new IntegrationTimeout(timeoutMs);
  });
  const result = (async () => invokeFunction(event))();
  try {
    return await Promise.race([result, timeout]);
  } catch (error) {
    if (error instanceof IntegrationTimeout) result.catch(onError);
    throw error;
  } finally {
    answered.abort();
  }
}
