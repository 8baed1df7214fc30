import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { createCheckpointStore } from '../../functions/adapters/checkpoint-table.ts';
import { createDynamoDBClient } from '../../functions/adapters/clients.ts';
import { answering } from '../harness/program.ts';
import { type Usage, usageOf } from '../harness/usage.ts';

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
  await tables.send(new DeleteCommand({ TableName: 'Checkpoint', Key: { id: 'sweep' } }));
  const usage = await usageOf(() => handler({}, {}));
  const checkpoint = await checkpoints.read();
  return {
    ...usage,
    checks: checkpoint?.lastPassPending ?? checkpoint?.pendingSeen ?? 0,
    peakMemory: process.resourceUsage().maxRSS * 1_024,
  };
});
