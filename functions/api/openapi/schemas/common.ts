import * as z from 'zod/mini';

/** A schema with a sentence on what its values mean. */
export function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description));
}

const detail = described(z.string(), 'What would be right.');

const fieldErrorSchema = z.union([
  z.object({ detail, pointer: described(z.string(), 'JSON pointer into the body [RFC 6901].') }),
  z.object({ detail, parameter: described(z.string(), 'Name of a path or query parameter.') }),
]);

/** An error as callers get to see it [RFC 9457]. */
export const problemSchema = z
  .object({
    type: described(z.literal('about:blank'), 'The status says what kind of problem it is.'),
    title: z.string(),
    status: z.int(),
    detail: described(z.optional(z.string()), 'What to do, for a person.'),
    errors: described(
      z.optional(z.array(fieldErrorSchema)),
      'Each thing that is wrong, at most 20.',
    ),
  })
  .check(z.meta({ id: 'Problem', description: 'What is wrong, and what to do [RFC 9457].' }));

/** One thing that is wrong with a request, and where. */
export type FieldError = z.output<typeof fieldErrorSchema>;

/** What is wrong with a request. */
export type Problem = z.output<typeof problemSchema>;
