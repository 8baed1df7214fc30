import { z } from 'zod';

/**
 * Schemas for values of the CDK context, which are strings when they come from `-c key=value` and
 * any JSON when they come from `cdk.json`. `wanted` says, as the end of "write …", what will do.
 */

/** `true` or `false`. */
export function flag(wanted: string) {
  return z.preprocess(fromJson, z.boolean(wanted));
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number, wanted: string) {
  return z.preprocess(fromJson, z.int(wanted).min(min, wanted).max(max, wanted));
}

/** A list: a JSON array, or items with commas between them. */
export function list<Item extends z.ZodType>(item: Item, wanted: string) {
  return z.preprocess(toList, z.array(item, wanted));
}

/** A JSON array of objects. */
export function objects<Item extends z.ZodType>(item: Item, wanted: string) {
  return z.preprocess(fromJson, z.array(item, wanted));
}

/** An address with https. */
export function httpsUrl(wanted: string) {
  return z.url({ protocol: /^https$/, error: wanted });
}

/** Scheme, host and port, and nothing behind them. */
export function origin(schemes: readonly string[], wanted: string) {
  return z.string(wanted).refine((text) => {
    const url = URL.parse(text);
    return url?.origin === text && schemes.includes(url.protocol);
  }, wanted);
}

function toList(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim().startsWith('[')) return fromJson(value);
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** What is no JSON stays as it is, for the schema to refuse. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
