import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FollowUpQueue } from '../../core/ports.ts';

/** What a message says: a follow-up is to be over by then (ms since the epoch). */
interface FollowUpMessage {
  readonly until: number;
}

/** SQS did not take every message; the message of the error says why. */
class MessagesRefused extends Error {
  override readonly name = 'MessagesRefused';
}

/**
 * Follow-ups as delayed messages of an SQS queue, which Lambda gives to the function that sent them. All
 * of a minute are one request: a batch has ten at most [SQS API reference, SendMessageBatch].
 */
export function createFollowUpQueue(client: SQSClient, queueUrl: string): FollowUpQueue {
  return {
    async send(delays, until, signal) {
      const MessageBody = JSON.stringify({ until } satisfies FollowUpMessage);
      const Entries = delays.map(
        (DelaySeconds): SendMessageBatchRequestEntry => ({
          Id: String(DelaySeconds),
          DelaySeconds,
          MessageBody,
        }),
      );
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
      const { Failed = [] } = await client.send(command, signal && { abortSignal: signal });
      if (Failed.length === 0) return;
      const why = Failed.map(({ Code, Message = '' }) => `${Code} ${Message}`.trim()).join(', ');
      throw new MessagesRefused(
        `SQS refuses ${Failed.length} of ${delays.length} messages: ${why}`,
      );
    },
  };
}

/**
 * When the follow-up must be over (ms since the epoch) that an event of the function asks for. An event
 * of the queue has the one message in it that its batches have.
 *
 * @returns undefined for any other event: it is of the schedule; 0, which is over, for a message that
 * is none of ours
 */
export function endOfFollowUp(event: unknown): number | undefined {
  const { Records: [record] = [] } = (event ?? {}) as {
    readonly Records?: readonly { readonly body?: unknown }[];
  };
  if (record === undefined) return undefined;
  try {
    const { until } = JSON.parse(String(record.body)) as Partial<FollowUpMessage>;
    return Number.isSafeInteger(until) ? until : 0;
  } catch {
    return 0;
  }
}
