import type { CheckpointStore } from '../../../functions/core/ports.ts';
import type { Checkpoint } from '../../../functions/core/sweeps/checkpoint.ts';
import type { Caller } from '../caller.ts';
import { copyOf } from './copy-of.ts';

/** The checkpoint table in memory. */
export interface CheckpointTable {
  /** What is on record itself, and no copy. */
  read(): Checkpoint | undefined;
  write(checkpoint: Checkpoint): boolean;
}

/** One write that went through; `sentAt`: ms since the epoch. */
export interface CheckpointWrite {
  readonly before: Checkpoint | undefined;
  readonly after: Checkpoint;
  readonly sentAt: number;
}

/** A table without a checkpoint. */
export function createCheckpointTable(): CheckpointTable {
  let item: Checkpoint | undefined;
  return {
    read: () => item,
    write(checkpoint) {
      if ((item?.version ?? 0) !== checkpoint.version - 1) return false;
      item = copyOf(checkpoint);
      return true;
    },
  };
}

/** The table as one invocation reaches it. */
export function checkpointStoreOf(
  table: CheckpointTable,
  call: Caller,
  {
    now,
    onWritten,
  }: {
    /** ms since the epoch. */
    readonly now: () => number;
    readonly onWritten: (write: CheckpointWrite) => void;
  },
): CheckpointStore {
  return {
    read: (signal) =>
      call({
        what: 'read the checkpoint',
        to: 'tables',
        signal,
        effect: () => copyOf(table.read()),
      }),
    write(checkpoint, signal) {
      const sentAt = now();
      return call({
        what: `write checkpoint ${checkpoint.version}`,
        to: 'tables',
        signal,
        effect() {
          const before = table.read();
          const isWritten = table.write(checkpoint);
          if (isWritten) onWritten({ before, after: checkpoint, sentAt });
          return isWritten;
        },
        ifRepeated: false,
      });
    },
  };
}
