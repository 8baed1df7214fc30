import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One request that a DynamoDB client made. */
export interface RecordedCommand {
  /** As DynamoDB names it, with its table: `PutItem Checkpoint`. */
  readonly name: string;
  /** Request units that it used up; 0 when it was refused. */
  readonly units: number;
}

interface Input {
  readonly TableName: string;
  ReturnConsumedCapacity?: 'TOTAL';
}

interface Output {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number };
}

/** Records every request that goes over the wire from now on, repeated and refused ones included. */
export function recordCommands(client: DynamoDBClient): RecordedCommand[] {
  const commands: RecordedCommand[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      (args.input as Input).ReturnConsumedCapacity = 'TOTAL';
      return next(args);
    },
    { step: 'initialize' },
  );
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const record = (output: Output) =>
          commands.push({
            name: `${commandName.replace(/Command$/, '')} ${(args.input as Input).TableName}`,
            units: output.ConsumedCapacity?.CapacityUnits ?? 0,
          });
        try {
          const result = await next(args);
          record(result.output as Output);
          return result;
        } catch (error) {
          record({});
          throw error;
        }
      },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return commands;
}
