import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fieldsOf, parseJson } from '../../core/objects.ts';
import type { FollowUpQueue } from '../../core/ports.ts';

/** What invokes the monitor: an event of the queue has its one message in it, one of the schedule has none. */
export interface MonitorEvent {
  readonly Records?: readonly { readonly body: string }[];
}

/** What a message says. */
interface FollowUpMessage {
  /** When the sweep that it asks for must be over (ms since the epoch). */
  readonly until: number;
}

/** SQS did not take every message; what the error says is why. */
class MessagesRefused extends Error {
  override readonly name = 'MessagesRefused';
}

/**
 * Follow-ups as delayed messages of an SQS queue, which Lambda gives to the function that sent them.
 *
 * All of a minute are one request, since a batch has up to ten messages [SQS API reference,
 * SendMessageBatch]. A standard queue gives a message out at least once, and not in order.
 */
export function createFollowUpQueue(client: SQSClient, queueUrl: string): FollowUpQueue {
  return {
    async send(delays, until, signal) {
      const MessageBody = JSON.stringify({ until } satisfies FollowUpMessage);
      const command = new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: delays.map(
          (DelaySeconds): SendMessageBatchRequestEntry => ({
            Id: String(DelaySeconds),
            DelaySeconds,
            MessageBody,
          }),
        ),
      });
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
 * When the follow-up must be over that a message asks for (ms since the epoch).
 *
 * @returns 0, which is over, for a message that is none of ours
 */
export function endOfFollowUp(body: string): number {
  const { until } = fieldsOf(parseJson(body));
  return typeof until === 'number' && Number.isSafeInteger(until) ? until : 0;
}
