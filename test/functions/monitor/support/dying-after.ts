import type { CheckpointStore } from '../../../../functions/core/ports.ts';

/** The checkpoint table as it is to a process that is gone after writing to it so many times. */
export function dyingAfter(writes: number, { read, write }: CheckpointStore): CheckpointStore {
  let left = writes;
  return {
    read,
    async write(checkpoint, signal) {
      left -= 1;
      if (left < 0) throw new Error('The process is gone.');
      return write(checkpoint, signal);
    },
  };
}
