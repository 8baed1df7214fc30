import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A way to watch jobs by way of DynamoDB, as far as its request units go. */
export interface Design {
  /** Puts a job under watch. */
  register(jobId: string): Promise<void>;
  /** Checks every pending job once. */
  sweep(): Promise<void>;
}

/** What a design has to do with. */
export interface DesignParts {
  readonly documents: DynamoDBDocumentClient;
  /** The state that upstream has for every run now. */
  readonly upstreamState: () => string;
  /** ms since the epoch. */
  readonly now: () => number;
}
