import { Agent } from 'node:http';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Invocation, InvocationResult } from './function.ts';

/** The SDK knows endpoints by URL alone: what is for one of the sockets gets there by its agents. */
const connect = Agent.prototype.createConnection;
Agent.prototype.createConnection = function toSocket(options, callback) {
  const [, name] = /^(\w+)\.localhost$/.exec(options.host ?? '') ?? [];
  const target =
    name && workerData.sockets ? { ...options, path: join(workerData.sockets, name) } : options;
  return connect.call(this, target, callback);
};

/**
 * The inside of a function's worker: loads its entry file, then answers one message with another.
 * Its environment and output are the worker's own, as they are the function's own in Lambda.
 */
const { handler } = await import(workerData.entry);

parentPort?.on('message', async ({ id, event, deadline }: Invocation) => {
  const context = {
    awsRequestId: id,
    functionName: workerData.functionName,
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${workerData.functionName}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const answer: InvocationResult = await handler(event, context).then(
    (result: unknown) => ({ id, result }),
    (error: unknown) => ({ id, error }),
  );
  parentPort?.postMessage(answer);
});
parentPort?.postMessage('ready');
