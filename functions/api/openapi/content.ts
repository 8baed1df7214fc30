import type * as z from 'zod/mini';
import type { ZodOpenApiContentObject, ZodOpenApiMediaTypeObject } from 'zod-openapi';
import { HttpProblem, problemOf } from '../problem.ts';
import { type Problem, problemSchema } from './problem-schema.ts';

/** A body of JSON, with examples by name. */
export function json(
  schema: z.ZodMiniType,
  examples: Readonly<Record<string, unknown>>,
): ZodOpenApiContentObject {
  return { 'application/json': media(schema, examples) };
}

/** A body that tells a problem, with examples by name. */
export function problems(examples: Readonly<Record<string, Problem>>): ZodOpenApiContentObject {
  return { 'application/problem+json': media(problemSchema, examples) };
}

/** The problem that comes of an attempt: no example can differ from what callers get. */
export function refusal(attempt: () => unknown): Problem {
  try {
    attempt();
  } catch (error) {
    if (error instanceof HttpProblem) return problemOf(error);
    throw error;
  }
  throw new Error('This is no example of a problem: it was granted.');
}

function media(
  schema: z.ZodMiniType,
  examples: Readonly<Record<string, unknown>>,
): ZodOpenApiMediaTypeObject {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return { schema, examples: Object.fromEntries(named) };
}
