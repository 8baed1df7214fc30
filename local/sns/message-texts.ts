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

/** The value that `text` spells in JSON, or nothing when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
