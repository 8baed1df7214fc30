import { startDynalite } from '../../local/dynamodb/dynalite-server.ts';
import { createTables, tablesOf } from '../../local/dynamodb/tables.ts';
import { synthesisOfStack } from '../../local/synthesis.ts';
import { answering } from '../harness/program.ts';
import { addPendingJobs } from './pending-jobs.ts';

/** A dynalite in memory with the tables of the stack. */
const { client, url } = await startDynalite();
await createTables(client, tablesOf((await synthesisOfStack()).template));

/** Adds so many pending jobs. */
answering(async ({ jobs, hasIModels }: { readonly jobs: number; readonly hasIModels: boolean }) => {
  await addPendingJobs(client, 'Jobs', jobs, hasIModels);
  return { url };
});
