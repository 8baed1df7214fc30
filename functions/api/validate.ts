import type * as z from 'zod/mini';
import { InvalidRequest } from './problem.ts';

/**
 * The request body, or a part of it, as its schema has it.
 *
 * @param pointer JSON pointer to the part
 * @throws InvalidRequest that names the wrong fields by JSON pointer
 */
export function validBody<T>(schema: z.ZodMiniType<T>, body: unknown, pointer = ''): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InvalidRequest(
    faultsOf(result.error).map(({ path, detail }) => ({
      pointer: `${pointer}${pointerTo(path)}`,
      detail,
    })),
  );
}

/**
 * Path or query parameters as their schema has them.
 *
 * @throws InvalidRequest that names the wrong parameters
 */
export function validParameters<T>(schema: z.ZodMiniType<T>, parameters: object): T {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  throw new InvalidRequest(
    faultsOf(result.error).map(({ path, detail }) => ({ parameter: String(path[0]), detail })),
  );
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** zod tells of all unknown keys of an object in one issue. */
function faultsOf({ issues }: z.core.$ZodError): Fault[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'is not known' }))
      : [{ path: issue.path, detail: issue.message }],
  );
}

/** A JSON pointer, in which `~` and `/` have a meaning [RFC 6901, section 3]. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
