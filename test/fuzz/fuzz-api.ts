import fc from 'fast-check';
import type { ApiResult } from '../../functions/api/http/route.ts';
import { mustBeDocumented } from '../functions/api/support/contract.ts';
import { createPopulatedApi } from './populated-api.ts';
import { anyRequest, type FuzzRequest } from './requests.ts';
import type { Tally } from './tally.ts';

/** How much is tried, and what decides it. */
export interface FuzzSize {
  readonly runs: number;
  readonly seed: number;
}

/** Methods that change nothing by what they mean [RFC 9110, section 9.2.1]. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Sends requests of all kinds to the API and counts, by route, the status of its answers.
 *
 * @throws when one gets a 5xx, an answer that the OpenAPI document does not tell of, or is refused and
 *   leaves a trace on record: with the shortest such request, and the seed
 */
export async function fuzzApi(size: FuzzSize, tally: Tally): Promise<void> {
  const property = fc.asyncProperty(anyRequest, async (request) => {
    const api = createPopulatedApi();
    const before = api.record();
    const answer = await api.send(request);
    mustBeAnswer(request, answer);
    const mayWrite = (answer.statusCode ?? 0) < 400 && !SAFE.has(request.method);
    if (!mayWrite && api.record() !== before) throw new Error('What is on record has changed.');
    tally.count(request.aim, answer.statusCode ?? 'none');
  });
  await fc.assert(property, { numRuns: size.runs, seed: size.seed });
}

/** @throws when an answer is a 5xx, no valid problem where it is a refusal, or not documented */
function mustBeAnswer({ method, path }: FuzzRequest, answer: ApiResult): void {
  const { statusCode: status = 0, headers = {}, body = '' } = answer;
  if (status >= 500) throw new Error(`Answered ${status}: ${body}`);
  mustBeDocumented(method, path, { status, headers, body });
  if (status < 400) return;
  const problem = JSON.parse(body);
  const isProblem = headers['Content-Type'] === 'application/problem+json';
  if (!isProblem || problem.status !== status) throw new Error(`No problem of ${status}: ${body}`);
}
