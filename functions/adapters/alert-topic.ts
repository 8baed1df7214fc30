import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertMessage } from '../core/alert-texts.ts';
import { AlertRefused } from '../core/errors.ts';
import type { AlertTopic } from '../core/ports.ts';
import { isRefusal } from './sns-refusal.ts';

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
