import { PublishBatchCommand, PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedSns, startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import { snsClient } from './sns-client.ts';

let sns: EmbeddedSns;
let client: ReturnType<typeof snsClient>;

beforeAll(async () => {
  sns = await startEmbeddedSns({ topicName: 'alerts', subscriptions: [] });
  client = snsClient(sns.url);
});
afterAll(async () => {
  client.destroy();
  await sns.close();
});

function publish(input: Partial<PublishCommandInput>) {
  const message = { TopicArn: sns.topicArn, Message: 'text', ...input };
  return client.send(new PublishCommand(message));
}

/** A publish with one message attribute. */
function withAttribute(name: string, value: string, type = 'String'): Partial<PublishCommandInput> {
  return { MessageAttributes: { [name]: { DataType: type, StringValue: value } } };
}

function json(texts: unknown): Partial<PublishCommandInput> {
  return { MessageStructure: 'json', Message: JSON.stringify(texts) };
}

type Case = readonly [what: string, input: Partial<PublishCommandInput>];

const INVALID_PARAMETER: readonly Case[] = [
  ['an empty subject', { Subject: '' }],
  ['a subject of 101 characters', { Subject: 'x'.repeat(101) }],
  ['a subject with a line break', { Subject: 'run\nfailed' }],
  ['a subject with a control character', { Subject: 'run\u0007failed' }],
  ['a subject that is not ASCII', { Subject: 'Brücke failed' }],
  ['a subject that starts with a space', { Subject: ' failed' }],
  ['an empty message', { Message: '' }],
  ['a message of 262,145 bytes', { Message: 'x'.repeat(262_145) }],
  ['a message of 400 KB', { Message: 'x'.repeat(400_000) }],
  ['a message whose bytes, not characters, are too many', { Message: 'ü'.repeat(131_073) }],
  [
    'a message that is too large only with its attributes',
    { Message: 'x'.repeat(262_140), ...withAttribute('state', 'Failed') },
  ],
  ['an unknown message structure', { MessageStructure: 'xml' }],
  ['a structured message that is not JSON', { MessageStructure: 'json', Message: '{"default"' }],
  ['a structured message that is no object', json('default')],
  ['a structured message that is null', json(null)],
  ['a structured message without a default text', json({ email: 'long', sms: 'short' })],
  ['a default text that is not a string', json({ default: { state: 'Failed' } })],
  ['an SMS text of 1,601 characters', json({ default: '', sms: 'x'.repeat(1_601) })],
  ['a topic and a phone number together', { PhoneNumber: '+491701234567' }],
  ['no destination', { TopicArn: undefined }],
];

const INVALID_ATTRIBUTE: readonly Case[] = [
  ['an attribute with an empty value', withAttribute('label', '')],
  ['an attribute without a value', { MessageAttributes: { label: { DataType: 'String' } } }],
  ['an attribute without a type', withAttribute('label', 'x', '')],
  ['an attribute of an unknown type', withAttribute('label', 'x', 'Text')],
  ['a number that is none', withAttribute('count', 'many', 'Number')],
  ['a number above a billion', withAttribute('count', '1000000001', 'Number')],
  ['an array that is none', withAttribute('labels', 'a,b', 'String.Array')],
  ['a string sent as binary', withAttribute('label', 'x', 'Binary')],
  ['an attribute name with a space', withAttribute('run label', 'x')],
  ['an attribute name that starts with a period', withAttribute('.label', 'x')],
  ['an attribute name that ends with a period', withAttribute('label.', 'x')],
  ['an attribute name with periods in a row', withAttribute('run..label', 'x')],
  ['an attribute name of 257 characters', withAttribute('x'.repeat(257), 'x')],
  ['an attribute name that starts with AWS.', withAttribute('aws.label', 'x')],
  ['an attribute name that starts with Amazon.', withAttribute('Amazon.label', 'x')],
];

const ALLOWED: readonly Case[] = [
  ['a subject of 100 characters', { Subject: '9'.repeat(100) }],
  ['a message of 262,144 bytes', { Message: 'x'.repeat(262_144) }],
  ['a structured message of 262,144 bytes', json({ default: 'x'.repeat(262_144 - 14) })],
  ['an SMS text of 1,600 characters', json({ default: '', sms: 'x'.repeat(1_600) })],
  ['an attribute name of 256 characters', withAttribute('x.'.repeat(127).concat('xx'), 'x')],
  ['a number', withAttribute('count', '-1.5e3', 'Number')],
  ['an array', withAttribute('labels', '["a", true, null]', 'String.Array')],
  [
    'binary data',
    { MessageAttributes: { key: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) } } },
  ],
  ['a setting of SMS itself', withAttribute('AWS.SNS.SMS.SMSType', 'Transactional')],
];

describe('what SNS documents as invalid is refused, and nothing is published', () => {
  async function expectRefusal(publishing: () => Promise<unknown>, name: string) {
    const before = await sns.alerts();
    await expect(publishing()).rejects.toMatchObject({ name });
    expect(await sns.alerts()).toEqual(before);
  }

  it.each(INVALID_PARAMETER)('%s', (_, input) =>
    expectRefusal(() => publish(input), 'InvalidParameterException'),
  );

  it.each(INVALID_ATTRIBUTE)('%s', (_, input) =>
    expectRefusal(() => publish(input), 'InvalidParameterValueException'),
  );

  it('a topic that does not exist', () =>
    expectRefusal(() => publish({ TopicArn: `${sns.topicArn}-2` }), 'NotFoundException'));

  it('a batch, which the embedded SNS does not take', () => {
    const PublishBatchRequestEntries = [{ Id: '1', Message: 'text' }];
    const batch = new PublishBatchCommand({ TopicArn: sns.topicArn, PublishBatchRequestEntries });
    return expectRefusal(() => client.send(batch), 'InvalidAction');
  });
});

describe('what is just within the limits is published', () => {
  it.each(ALLOWED)('%s', async (_, input) => {
    const { MessageId } = await publish(input);
    const [newest] = await sns.alerts();
    expect(newest?.messageId).toBe(MessageId);
  });
});

describe('a message to a phone is refused, and the error says why', () => {
  it.each([
    ['banana', 'text', 'banana is not valid to publish to'],
    ['<banana> & co', 'text', '<banana> & co is not valid to publish to'],
    ['01701234567', 'text', '01701234567 is not valid to publish to'],
    ['+491701234567', 'x'.repeat(1_601), 'Message too long for SMS'],
  ])('%s', async (PhoneNumber, Message, reason) => {
    const refusal = publish({ TopicArn: undefined, PhoneNumber, Message });
    await expect(refusal).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(refusal).rejects.toThrow(reason);
  });
});
