import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { callAtOnce } from '../../../simulation/contracts/call-at-once.ts';
import { AWS_CREDENTIALS, REGION } from './engines.ts';
import { createMemoryTables } from './memory-tables.ts';
import { type RecordedCommand, recordCommands } from './recorded-commands.ts';
import { type Stores, storesOf } from './world-ports.ts';

/** The tables of a world, empty at first. */
export interface WorldTables {
  /** As the test reaches them: nothing of that is recorded. */
  readonly own: Stores;
  /** As sweeps reach them. */
  readonly swept: Stores;
  /** What sweeps asked of DynamoDB. Throws when the tables are in memory: it is asked nothing. */
  readonly commands: RecordedCommand[];
  /** What sweeps wrote, by name, in order. */
  writes(): readonly string[];
  /** Forgets what was recorded so far. */
  forget(): void;
  destroy(): void;
}

/** The real adapters on a DynamoDB. */
export function tablesOnDynamoDb(endpoint: string): WorldTables {
  const aws = { region: REGION, credentials: AWS_CREDENTIALS, endpoint };
  const [swept, own] = [new DynamoDBClient(aws), new DynamoDBClient(aws)];
  const commands = recordCommands(swept);
  return {
    own: storesOf(own),
    swept: storesOf(swept),
    commands,
    writes: () => commands.map(({ name }) => name).filter((name) => /^(Put|Update|Del)/.test(name)),
    forget() {
      commands.length = 0;
    },
    destroy() {
      for (const client of [swept, own]) client.destroy();
    },
  };
}

/** Tables in memory. @param now ms since the epoch */
export function tablesInMemory(now: () => number): WorldTables {
  const { storesOf } = createMemoryTables(now);
  const written: string[] = [];
  return {
    own: storesOf(callAtOnce),
    swept: storesOf((call) => {
      if ('ifRepeated' in call) written.push(call.what);
      return callAtOnce(call);
    }),
    get commands(): never {
      throw new Error('The tables are in memory: make the world with those of DynamoDB.');
    },
    writes: () => written,
    forget() {
      written.length = 0;
    },
    destroy: () => undefined,
  };
}
