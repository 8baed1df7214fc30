import fc from 'fast-check';

/** Any text of Unicode, half surrogate pairs included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => `${text}\ud800`),
  fc.constantFrom('', '__proto__', 'constructor', '\u0000', 'null', '../..', '%', '\u202e'),
);

/** Any JSON, as a value. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  anyText,
  fc.constantFrom(null, true, 0, -1, 0.5, 1e308, [], {}),
);

/** JSON as text that is far deeper than anybody's. */
export const deepJson: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(100, 10_000, 30_000), fc.constantFrom('[]', '{}'), fc.boolean())
  .map(([depth, [open, close] = '', isClosed]) => {
    const opening = open === '{' ? '{"a":' : '[';
    return `${opening.repeat(depth)}1${isClosed ? close?.repeat(depth) : ''}`;
  });

/**
 * An object with one thing wrong: a field that is another value, one that is missing, or one too many.
 */
export function halfValid(valid: fc.Arbitrary<object>): fc.Arbitrary<object> {
  const change = fc.oneof(
    fc.record({ kind: fc.constantFrom('set', 'remove'), value: anyValue, at: fc.nat(20) }),
    fc.record({ kind: fc.constant('add'), value: anyValue, name: anyText }),
  );
  return fc.tuple(valid, change).map(([object, wrong]) => {
    if ('name' in wrong) return { ...object, [wrong.name]: wrong.value };
    const fields = Object.entries(object);
    const [name = 'any'] = fields[wrong.at % Math.max(1, fields.length)] ?? [];
    if (wrong.kind === 'set') return { ...object, [name]: wrong.value };
    return Object.fromEntries(fields.filter(([other]) => other !== name));
  });
}
