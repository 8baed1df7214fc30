import { InvalidRequest } from './problem.ts';
import type { ApiEvent } from './route.ts';

/**
 * The query parameters of a request by name. Read from the raw query string: API Gateway joins the
 * values of a repeated parameter with commas.
 *
 * @throws InvalidRequest that names the parameters which are there more than once
 */
export function queryParameters(event: ApiEvent): Record<string, string> {
  const parameters = new URLSearchParams(event.rawQueryString);
  const names = [...new Set(parameters.keys())];
  const repeated = names.filter((name) => parameters.getAll(name).length > 1);
  if (repeated.length > 0) {
    throw new InvalidRequest(
      repeated.map((parameter) => ({ parameter, detail: 'must not be repeated' })),
    );
  }
  return Object.fromEntries(parameters);
}
