import { startProgram } from '../harness/program.ts';

/** What stands for AWS and for upstream, each in a process of its own. */
export interface Services {
  readonly dynamoDbUrl: string;
  readonly upstreamUrl: string;
  /** From now on an answer of upstream takes so many ms. */
  answerAfter(latency: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the services, with so many pending jobs on record.
 *
 * @param hasIModels whether half of them are in lists of watched iModels
 */
export async function startServices(jobs: number, hasIModels = false): Promise<Services> {
  const dynamoDb = startProgram<{ jobs: number; hasIModels: boolean }, { url: string }>(
    new URL('./dynamodb.ts', import.meta.url),
    // A million jobs take 3.5 GB.
    { nodeOptions: ['--max-old-space-size=12000'] },
  );
  const upstream = startProgram<{ latency: number }, { url: string }>(
    new URL('./upstream.ts', import.meta.url),
  );
  const { url: dynamoDbUrl } = await dynamoDb.ask({ jobs, hasIModels });
  const { url: upstreamUrl } = await upstream.ask({ latency: 0 });
  return {
    dynamoDbUrl,
    upstreamUrl,
    async answerAfter(latency) {
      await upstream.ask({ latency });
    },
    async stop() {
      await Promise.all([dynamoDb.stop(), upstream.stop()]);
    },
  };
}
