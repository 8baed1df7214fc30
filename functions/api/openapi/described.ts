import * as z from 'zod/mini';

/** A schema with a sentence on what its values mean. */
export function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description));
}
