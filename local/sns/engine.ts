/**
 * The engine of the embedded SNS: fauxqs behind the limits of SNS, in this process and in memory.
 *
 * It is asked without a socket: the server that fauxqs can start itself listens on every network
 * interface of the machine.
 */
import { buildApp } from 'fauxqs';
import { limitViolation } from './limits.ts';
import { errorAnswer, type SnsAnswer } from './query-protocol.ts';

/** SNS, and SQS for the queues that stand in for its mailboxes and phones. */
export interface Engine {
  /** Asks SNS; a refusal is an answer too. */
  sns(request: URLSearchParams): Promise<SnsAnswer>;
  /**
   * Asks SQS, whose answers are JSON.
   *
   * @throws {EngineRefusal} SQS answers with an error
   */
  sqs(action: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/** The engine refused what the embedded SNS itself asked for; the message holds its answer. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
}

/** An empty engine whose topics and queues live in `region`. */
export function createEngine(region: string): Engine {
  const app = buildApp({ logger: false, defaultRegion: region });
  const post = (headers: Record<string, string>, payload: string) =>
    app.inject({ method: 'POST', url: '/', headers, payload });

  return {
    async sns(request) {
      const violation = limitViolation(request);
      if (violation !== undefined) return errorAnswer(400, violation.code, violation.message);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { statusCode, body } = await post(headers, withoutStructure(request).toString());
      return { status: statusCode, body };
    },
    async sqs(action, input) {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
      };
      const { statusCode, body } = await post(headers, JSON.stringify(input));
      if (statusCode !== 200) throw new EngineRefusal(`SQS refuses ${action}: ${body}`);
      return JSON.parse(body);
    },
    close: () => app.close(),
  };
}

/**
 * A queue would get the text for queues only, yet it stands in for a mailbox or a phone. Sent on as
 * one unstructured message, all texts reach every queue, and its reader takes the one it needs.
 */
function withoutStructure(request: URLSearchParams): URLSearchParams {
  const forwarded = new URLSearchParams(request);
  forwarded.delete('MessageStructure');
  return forwarded;
}
