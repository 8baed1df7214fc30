import type { Caller } from '../../../simulation/caller.ts';
import {
  type CheckpointTable,
  checkpointStoreOf,
  createCheckpointTable,
} from '../../../simulation/stand-ins/checkpoint-table.ts';
import { iModelStoreOf } from '../../../simulation/stand-ins/imodel-items.ts';
import { jobStoreOf } from '../../../simulation/stand-ins/job-store.ts';
import { createJobsTable, type JobsTable } from '../../../simulation/stand-ins/jobs-table.ts';
import { createLengthItems, lengthStoreOf } from '../../../simulation/stand-ins/length-items.ts';
import { statisticsStoreOf } from '../../../simulation/stand-ins/statistics.ts';
import type { Stores } from './world-ports.ts';

/** The tables in memory, without faults or lag. Contracts hold them to what DynamoDB does. */
export interface MemoryTables {
  readonly jobs: JobsTable;
  readonly checkpoints: CheckpointTable;
  /** The tables as somebody reaches them whose calls are made so. */
  storesOf(call: Caller): Stores;
}

const ignore = () => undefined;
const none = () => 0;

/** Empty tables. @param now ms since the epoch */
export function createMemoryTables(now: () => number): MemoryTables {
  const jobs = createJobsTable({
    now,
    lag: none,
    ttlDelay: none,
    pageBreak: ignore,
    at: ignore,
    onExpired: ignore,
  });
  const checkpoints = createCheckpointTable();
  const lengths = createLengthItems();
  const months = new Map();
  return {
    jobs,
    checkpoints,
    storesOf: (call) => ({
      jobs: jobStoreOf(jobs, call, { onWritten: ignore, onKnown: ignore }),
      iModels: iModelStoreOf(jobs.iModels, call, { onRead: ignore, onWritten: ignore }),
      lengths: lengthStoreOf(lengths, call, ignore),
      checkpoints: checkpointStoreOf(checkpoints, call, { now, onWritten: ignore }),
      statistics: statisticsStoreOf(jobs, months, call),
      subscriptions: { list: async () => [] },
    }),
  };
}
