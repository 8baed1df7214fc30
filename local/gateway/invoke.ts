import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { IntegrationTimeout } from './errors.ts';
import type { GatewayEvent } from './events.ts';

/** A Lambda function behind an HTTP API, as its runtime calls it. */
export type LambdaHandler = (event: GatewayEvent, context: Context) => Promise<unknown>;

/** How one invocation is made. */
type Invocation = {
  readonly requestId: string;
  /** How long the function may take, ms. */
  readonly timeoutMs: number;
  /** The time, ms since the epoch. */
  readonly now: () => number;
  /** Told of a failure that comes after the timeout, when no caller is left to tell. */
  readonly onError: (error: unknown) => void;
};

/**
 * The function's result for one event. Throws `IntegrationTimeout` when it takes too long: like the
 * real gateway this gives up on the function but cannot stop it.
 */
export async function invoke(
  handler: LambdaHandler,
  event: GatewayEvent,
  invocation: Invocation,
): Promise<unknown> {
  const { timeoutMs, onError } = invocation;
  const answered = new AbortController();
  const timeout = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new IntegrationTimeout(timeoutMs);
  });
  const result = (async () => handler(event, lambdaContext(invocation)))();
  try {
    return await Promise.race([result, timeout]);
  } catch (error) {
    if (error instanceof IntegrationTimeout) result.catch(onError);
    throw error;
  } finally {
    answered.abort();
  }
}

/** The context without `done`, `fail` and `succeed`: deprecated, and of no use to a promise. */
function lambdaContext({ requestId, timeoutMs, now }: Invocation): Context {
  const deadline = now() + timeoutMs;
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'local',
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => Math.max(0, deadline - now()),
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:local',
    logGroupName: '/aws/lambda/local',
    logStreamName: 'local',
    memoryLimitInMB: '256',
  };
  return context as Context;
}
