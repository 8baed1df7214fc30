import * as z from 'zod/mini';

const detail = z.string().check(z.describe('What would be right.'));

const fieldErrorSchema = z.union([
  z.object({
    detail,
    pointer: z.string().check(z.describe('JSON pointer into the body [RFC 6901].')),
  }),
  z.object({
    detail,
    parameter: z.string().check(z.describe('Name of a path or query parameter.')),
  }),
]);

/** An error as callers get to see it [RFC 9457]. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.optional(z.string().check(z.describe('What to do, for a person.'))),
    errors: z.optional(
      z.array(fieldErrorSchema).check(z.describe('Each thing that is wrong, at most 20.')),
    ),
  })
  .check(z.meta({ id: 'Problem', description: 'What is wrong, and what to do [RFC 9457].' }));

/** One thing that is wrong with a request, and where. */
export type FieldError = z.output<typeof fieldErrorSchema>;

/** What is wrong with a request. */
export type Problem = z.output<typeof problemSchema>;
