import * as z from 'zod/mini';
import type { ZodOpenApiContentObject, ZodOpenApiMediaTypeObject } from 'zod-openapi';
import { revalidated } from '../http/answers.ts';
import { BodyNotJson, BodyTooLarge, MAX_BODY } from '../http/body.ts';
import { NotAdmitted } from '../http/callers.ts';
import { HttpProblem, problem, problemOf } from '../http/problems.ts';
import { type Problem, problemSchema } from './schemas/common.ts';

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
export function problemFrom(attempt: () => unknown): Problem {
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

type Descriptions<Schema extends z.ZodMiniObject> = Readonly<
  Record<keyof Schema['_zod']['def']['shape'], string>
>;

/**
 * Says what each field of a request's body means. It does so for the document alone: the function
 * carries none of it.
 *
 * @param id the name of the schema
 */
export function documentedBody<Schema extends z.ZodMiniObject>(
  schema: Schema,
  id: string,
  descriptions: Descriptions<Schema>,
): Schema {
  annotate(schema, descriptions, (description) => ({ description }));
  z.globalRegistry.add(schema, { id });
  return schema;
}

/** Says what each of a request's parameters means, in the same way. */
export function documentedParameters<Schema extends z.ZodMiniObject>(
  schema: Schema,
  descriptions: Descriptions<Schema>,
): Schema {
  annotate(schema, descriptions, (description) => ({ param: { description } }));
  return schema;
}

function annotate(
  schema: z.ZodMiniObject,
  descriptions: Readonly<Record<string, string>>,
  metaOf: (description: string) => z.core.GlobalMeta,
): void {
  for (const [name, field] of Object.entries(schema._zod.def.shape)) {
    const known = z.globalRegistry.get(field as z.ZodMiniType);
    z.globalRegistry.add(field as z.ZodMiniType, {
      ...known,
      ...metaOf(descriptions[name] ?? ''),
    });
  }
}

/** Headers of an answer about what a request has made, which is to be found at this path. */
export function createdHeaders(path: string) {
  return z.object({ Location: header('Where it is to be found.', path) });
}

/** A header of an answer. */
function header(description: string, example: string) {
  return z.string().check(z.meta({ header: { description, example } }));
}

const tag = header('Changes with what the answer tells.', 'W/"1bBNcV2yLGrX8ulq"');

/** Headers of an answer that callers may keep until something has changed. */
export const revalidatedHeaders = z.object({
  ETag: tag,
  'Cache-Control': header(
    'It is for the caller alone to keep, and to be asked about each time.',
    revalidated('')['Cache-Control'],
  ),
});

/** What whoever sends the `ETag` of the last answer as `If-None-Match` may be answered with. */
export const revalidatedAnswers = {
  304: {
    id: 'NotModified',
    description: 'Nothing has changed since the answer with this `ETag`.',
    headers: revalidatedHeaders,
  },
};

/** What API Gateway answers in words of its own, instead of the function. */
export const gatewayMessageSchema = z
  .object({ message: z.string() })
  .check(z.meta({ id: 'GatewayMessage', description: 'What API Gateway itself has to say.' }));

const gateway = (message: string) => json(gatewayMessageSchema, { gateway: { message } });

const notAdmitted = new NotAdmitted({ client_id: 'spa-7', sub: 'person-7' });

/** What every operation may be answered with. */
export const commonAnswers = {
  401: {
    id: 'Unauthorized',
    description: 'API Gateway found no valid token.',
    content: gateway('Unauthorized'),
  },
  403: {
    id: 'Forbidden',
    description:
      'The token is valid and its bearer was not admitted; or API Gateway found a signature wrong, ' +
      'or its identity not allowed to call.',
    content: { ...problems({ notAdmitted: problemOf(notAdmitted) }), ...gateway('Forbidden') },
  },
  429: {
    id: 'TooManyRequests',
    description: 'There are too many requests at the moment. Try again in a second.',
    content: gateway('Too Many Requests'),
  },
  500: {
    id: 'InternalServerError',
    description: 'A fault of ours. What it is stands in the log and nowhere else.',
    content: { ...problems({ fault: problem(500) }), ...gateway('Internal Server Error') },
  },
  503: {
    id: 'ServiceUnavailable',
    description: 'There was no answer in time. Try again: any request may be repeated.',
    content: gateway('Service Unavailable'),
  },
};

/** What an operation that takes a body may be answered with besides. */
export const bodyAnswers = {
  413: {
    id: 'ContentTooLarge',
    description: 'The body is too large.',
    content: {
      ...problems({ tooLarge: problemOf(new BodyTooLarge(MAX_BODY)) }),
      ...gateway('Request Entity Too Large'),
    },
  },
  415: {
    id: 'UnsupportedMediaType',
    description: 'The body is not said to be JSON.',
    content: problems({ notJson: problemOf(new BodyNotJson()) }),
  },
};
