/** An object without some of its properties: its own, enumerable ones with string keys. */
export function omit<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const left: Partial<T> = {};
  // Copying and then deleting would leave an object that V8 handles as a slow dictionary.
  for (const key of Object.keys(object) as K[]) if (!keys.includes(key)) left[key] = object[key];
  return left as Omit<T, K>;
}

/** Some of an object's properties: those that it has. */
export function pick<T extends object, K extends keyof T>(object: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]),
  ) as Pick<T, K>;
}

/** What a text says as JSON; undefined when it is none: what the parser says may quote a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of an object from outside; anything else has none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
