import { type Batch, runBatch } from './batch.ts';

// Nobody looks at where the errors come from that are thrown on purpose by the thousand.
Error.stackTraceLimit = 0;

process.on('message', async (portion: Batch) => {
  process.send?.(await runBatch(portion));
});
