/** A copy that shares nothing, of plain data; what is undefined is left out, as the tables do. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const part = (value as Readonly<Record<string, unknown>>)[name];
    if (part !== undefined) copy[name] = copyOf(part);
  }
  return copy as T;
}
