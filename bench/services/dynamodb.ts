import { startDynalite } from '../../local/dynamodb/dynalite-server.ts';
import { createTables, tablesOf } from '../../local/dynamodb/tables.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import { answering } from '../harness/program.ts';
import { addPendingJobs } from './pending-jobs.ts';

/** A dynalite in memory with the tables of the stack. */
const { client, url } = await startDynalite();
await createTables(client, tablesOf(synthesizeTemplate()));

/** Adds so many pending jobs. */
answering(async ({ jobs, hasIModels }: { readonly jobs: number; readonly hasIModels: boolean }) => {
  await addPendingJobs(client, 'Jobs', jobs, hasIModels);
  return { url };
});
