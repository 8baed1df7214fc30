import { posix } from 'node:path';
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type JobItem, toItem, toJob } from '../../functions/adapters/dynamodb/jobs-table.ts';
import type { CloudFormationResource, CloudFormationTemplate } from '../template.ts';

/** A table of the template, ready to be created. */
export interface Table {
  /** The id of the table's construct in the stack, which is also its name here. */
  readonly name: string;
  readonly definition: CreateTableCommandInput;
  /** The attribute that holds when an item expires, in seconds since the epoch. */
  readonly ttlAttribute?: string;
}

/** The properties of a table resource that are named and shaped like the input of CreateTable. */
type TableProperties = Pick<
  CreateTableCommandInput,
  'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'
> & { readonly TimeToLiveSpecification?: { readonly AttributeName: string } };

const TABLE_TYPES: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
]);

/** How long a table may take to become active, and how often to ask, in seconds. */
const WAIT = { maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };

/** Every DynamoDB table of a template, with the keys and indexes it has when deployed. */
export function tablesOf(template: CloudFormationTemplate): readonly Table[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => TABLE_TYPES.has(resource.Type))
    .map(([logicalId, resource]) => toTable(nameOf(logicalId, resource), resource));
}

function toTable(name: string, resource: CloudFormationResource): Table {
  const properties = resource.Properties as unknown as TableProperties;
  const ttlAttribute = properties.TimeToLiveSpecification?.AttributeName;
  return {
    name,
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(
        ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }),
      ),
      LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    },
    ...(ttlAttribute !== undefined && { ttlAttribute }),
  };
}

/** `Jobs` for `ExtractionMonitor/JobStore/Jobs/Resource`. */
function nameOf(logicalId: string, resource: CloudFormationResource): string {
  const path = resource.Metadata?.['aws:cdk:path'];
  return typeof path === 'string' ? posix.basename(path.replace(/\/Resource$/, '')) : logicalId;
}

/** Creates tables. They are active when this resolves. */
export async function createTables(
  client: DynamoDBClient,
  tables: readonly Table[],
): Promise<void> {
  for (const { name, definition } of tables) {
    await client.send(new CreateTableCommand(definition));
    await waitUntilTableExists({ client, ...WAIT }, { TableName: name });
  }
}

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

/** The table whose items have attributes that are computed from the others. */
const JOBS = 'Jobs';

/**
 * An item with what this version computes from it: without, a job that an earlier version wrote would
 * be in none of the indexes.
 */
export function upToDate(item: Item, { name }: Table): Item {
  // Beside the jobs are watched iModels and lengths of runs: their keys alone have a `#`.
  if (name !== JOBS || item.jobId?.S?.includes('#')) return item;
  const job = toJob(unmarshall(item, { wrapNumbers: Number }) as JobItem);
  const own = Object.entries(item).filter(([attribute]) => attribute in job);
  const derived = Object.entries(toItem(job)).filter(([attribute]) => !(attribute in job));
  return {
    ...Object.fromEntries(own),
    ...marshall(Object.fromEntries(derived), { removeUndefinedValues: true }),
  };
}
