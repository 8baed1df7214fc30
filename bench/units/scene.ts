import { MINUTE } from '../../functions/core/time.ts';
import { startDynalite } from '../../local/dynamodb/dynalite-server.ts';
import { createTables, type Table } from '../../local/dynamodb/tables.ts';
import { addPendingJobs, jobIdOf } from '../services/pending-jobs.ts';
import type { Design, DesignParts } from './design.ts';
import { type Consumption, createMeter } from './meter.ts';

/** A design, and the tables that it needs. */
export interface Staging {
  readonly createDesign: (parts: DesignParts) => Design;
  readonly tables: readonly Table[];
}

/** A design at work, with nobody else around. Each step tells what it has consumed. */
export interface Scene {
  /** Registers jobs one after the other. */
  register(jobs: number): Promise<Consumption>;
  /** Sweeps a minute after the last sweep, with this state upstream. */
  sweep(state: string): Promise<Consumption>;
  /** Puts pending jobs on record behind the design's back. */
  addPendingJobs(jobs: number): Promise<void>;
  close(): Promise<void>;
}

/** Begins with empty tables. */
export async function openScene({ createDesign, tables }: Staging): Promise<Scene> {
  const dynamoDb = await startDynalite();
  await createTables(dynamoDb.client, tables);
  const meter = createMeter(dynamoDb.url, tables);
  let now = Date.now();
  let upstreamState = '';
  const design = createDesign({
    documents: meter.documents,
    upstreamState: () => upstreamState,
    now: () => now,
  });
  return {
    async register(jobs) {
      for (let n = 0; n < jobs; n += 1) await design.register(jobIdOf(n));
      return meter.read();
    },
    async sweep(state) {
      now += MINUTE;
      upstreamState = state;
      await design.sweep();
      return meter.read();
    },
    addPendingJobs: (jobs) => addPendingJobs(dynamoDb.client, 'Jobs', jobs),
    async close() {
      meter.close();
      await dynamoDb.close();
    },
  };
}
