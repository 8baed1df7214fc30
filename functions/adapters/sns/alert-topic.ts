import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertMessage } from '../../core/alerts/message.ts';
import { AlertRefused } from '../../core/errors.ts';
import type { AlertTopic } from '../../core/ports.ts';

/** Publishes alerts to an SNS topic, in the words of each kind of receiver. */
export function createAlertTopic(client: SNSClient, topicArn: string): AlertTopic {
  return {
    async publish(message, signal) {
      const { subject, email, sms, attributes } = message;
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: message.default, email, sms }),
        MessageAttributes: stringAttributes(attributes),
      });
      try {
        await client.send(command, signal && { abortSignal: signal });
      } catch (cause) {
        if (!isRefusal(cause)) throw cause;
        throw new AlertRefused(`SNS refuses the alert (${cause.message}): publish it bare.`, {
          cause,
        });
      }
    },
  };
}

/** SNS takes no empty values. */
function stringAttributes(
  attributes: AlertMessage['attributes'],
): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}

/**
 * Errors that say: this request can never be granted. SNS names them differently in its model, on
 * the wire, and among the errors common to all of AWS [SNS API reference, Publish, Common Errors].
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidParameter',
  'InvalidParameterException',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'ParameterValueInvalid',
  'ValidationError',
  'ValidationException',
]);

/** Whether SNS refuses a request as invalid, so that sending it again is of no use. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.has(error.name);
}
