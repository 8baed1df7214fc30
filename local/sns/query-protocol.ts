/**
 * The AWS query protocol, which SNS speaks: a request is an HTML form, an answer is XML.
 */
import { randomUUID } from 'node:crypto';
import { parseJson } from '../../functions/core/objects.ts';

/** An answer of SNS: HTTP status and XML body. */
export interface SnsAnswer {
  readonly status: number;
  readonly body: string;
}

/** One attribute of a published message, as it was sent. `value` is base64 when the type is Binary. */
export interface MessageAttribute {
  readonly name: string;
  readonly dataType: string;
  readonly value: string;
}

/** The message attributes of a `Publish` request. A part that was not sent is an empty string. */
export function messageAttributes(form: URLSearchParams): readonly MessageAttribute[] {
  return mapEntries(form, 'MessageAttributes').map((entry) => {
    const dataType = entry['Value.DataType'] ?? '';
    const field = dataType === 'Binary' ? 'Value.BinaryValue' : 'Value.StringValue';
    return { name: entry.Name ?? '', dataType, value: entry[field] ?? '' };
  });
}

/** What each protocol gets to read of one message; a protocol without a text reads `default`. */
interface MessageTexts {
  readonly default: string;
  readonly email?: string;
  readonly sms?: string;
}

/**
 * The texts of a published message, or nothing when its structure says `json` and it is not a JSON
 * object with a string `default`.
 *
 * Values that are not strings are left out, as SNS ignores them (Publish API reference, `Message`).
 * A message without structure is its own `default`.
 */
export function messageTexts(message: string, structure: string | null): MessageTexts | undefined {
  if (structure !== 'json') return { default: message };
  const texts: Partial<MessageTexts> = Object.fromEntries(
    Object.entries(parseJson(message) ?? {}).filter(([, text]) => typeof text === 'string'),
  );
  return texts.default === undefined ? undefined : { ...texts, default: texts.default };
}

/** The attributes of a `Subscribe` request, by name. */
export function subscriptionAttributes(form: URLSearchParams): ReadonlyMap<string, string> {
  const entries = mapEntries(form, 'Attributes');
  return new Map(entries.map(({ key = '', value = '' }) => [key, value]));
}

/** A `Subscribe` request, as the SDK would send it. */
export function subscribeRequest(
  topicArn: string,
  protocol: string,
  endpoint: string,
  attributes: Readonly<Record<string, string>>,
): URLSearchParams {
  const form = new URLSearchParams({
    Action: 'Subscribe',
    TopicArn: topicArn,
    Protocol: protocol,
    Endpoint: endpoint,
  });
  for (const [index, [key, value]] of Object.entries(attributes).entries()) {
    form.set(`Attributes.entry.${index + 1}.key`, key);
    form.set(`Attributes.entry.${index + 1}.value`, value);
  }
  return form;
}

/** The answer from which the SDK throws the exception class that belongs to `code`. */
export function errorAnswer(status: number, code: string, message: string): SnsAnswer {
  const body = [
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">',
    `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>`,
    `<Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`,
    `<RequestId>${randomUUID()}</RequestId>`,
    '</ErrorResponse>',
  ].join('');
  return { status, body };
}

/** The text of the first element of that name in an XML answer, still escaped. */
export function xmlElement(body: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(body)?.[1];
}

/** The entries of the map in an XML answer. */
export function xmlMap(body: string): ReadonlyMap<string, string> {
  const entries = body.matchAll(/<entry><key>(.*?)<\/key><value>(.*?)<\/value><\/entry>/gs);
  return new Map(
    [...entries].map(([, key = '', value = '']) => [unescapeXml(key), unescapeXml(value)]),
  );
}

/** A map travels as `<map>.entry.<n>.<field>`: gives one object of fields per `n`. */
function mapEntries(form: URLSearchParams, map: string): readonly Record<string, string>[] {
  const path = new RegExp(`^${map}\\.entry\\.(\\d+)\\.(.+)$`);
  const entries: Record<string, Record<string, string>> = {};
  for (const [key, value] of form) {
    const [, index, field] = path.exec(key) ?? [];
    if (index === undefined || field === undefined) continue;
    entries[index] ??= {};
    entries[index][field] = value;
  }
  return Object.values(entries);
}

/** XML 1.0 has no control characters at all, so those become spaces. */
function escapeXml(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

function unescapeXml(text: string): string {
  return text.replace(/&\w+;/g, (entity) => XML_ENTITIES[entity] ?? entity);
}
