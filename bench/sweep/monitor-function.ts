import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createCheckpointStore } from '../../functions/adapters/dynamodb/tables.ts';
import { createDynamoDBClient } from '../../functions/adapters/lambda/runtime.ts';
import { firstCheckpoint } from '../../functions/core/sweeps/checkpoint.ts';
import { answering } from '../harness/program.ts';
import { type Usage, usageOf } from '../harness/usage.ts';
import { BUDGET } from '../services/function-environment.ts';

/** What one sweep took. */
export interface SweepUsage extends Usage {
  /** Jobs that it checked. */
  readonly checks: number;
  /** The most memory that the process has had so far (bytes). */
  readonly peakMemory: number;
}

const tables = createDynamoDBClient();
const checkpoints = createCheckpointStore(tables, 'Checkpoint');

/** The monitor function, invoked once: a sweep from the beginning, with its whole budget. */
answering(async ({ entry }: { readonly entry: string }): Promise<SweepUsage> => {
  const { handler } = await import(entry);
  await tables.send(new PutCommand({ TableName: 'Checkpoint', Item: rested(Date.now()) }));
  const usage = await usageOf(() => handler({}, {}));
  const checkpoint = await checkpoints.read();
  return {
    ...usage,
    checks: checkpoint?.lastPassPending ?? checkpoint?.pendingSeen ?? 0,
    peakMemory: process.resourceUsage().maxRSS * 1_024,
  };
});

/** The checkpoint of a monitor that has its whole budget, and need not look yet who listens. */
function rested(now: number): object {
  const listeners = { checkedAt: now, confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0 };
  return { id: 'sweep', ...firstCheckpoint(now, BUDGET), version: 1, listeners };
}
