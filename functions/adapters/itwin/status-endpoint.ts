import { DroppedConnection } from '../../core/errors.ts';
import type { Answer, CheckErrorName, FailedObservation } from '../../core/jobs/observation.ts';
import { parseStatus } from '../../core/kinds/reporting-extraction.ts';
import type { StatusEndpoint } from '../../core/ports.ts';
import { retryAt } from '../../core/sweeps/pause.ts';
import { ANSWER_TIME, type EndpointOptions, get, noAnswer, readText, statusUrl } from './http.ts';
import { withTimeout } from './with-timeout.ts';

/** A few hundred bytes: to undo a compression takes longer than it saves. */
const UNCOMPRESSED = { 'accept-encoding': 'identity' };

/**
 * The status endpoint of the Reporting API, asked with the built-in `fetch`.
 *
 * Contract: https://developer.bentley.com/apis/insights/operations/get-extraction-status/. The HTTP
 * status decides; error bodies are read only so that the connection can be used again.
 */
export function createStatusEndpoint(options: EndpointOptions): StatusEndpoint {
  const { apiUrl, now, timeoutMs = ANSWER_TIME } = options;
  const api = new URL(apiUrl);

  return {
    async ask(jobId, accessToken, signal) {
      const url = statusUrl(api, jobId);
      try {
        return await withTimeout(signal, timeoutMs, async (limited) => {
          const response = await get(url, accessToken, limited, UNCOMPRESSED);
          return await answerOf(response, api, now());
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DroppedConnection) throw error;
        return { kind: 'Failed', error: noAnswer(error, 'status endpoint', timeoutMs) };
      }
    },
  };
}

async function answerOf(response: Response, api: URL, now: number): Promise<Answer> {
  if (response.status === 200) return parseStatus(await readText(response), api);
  // The status says it all, even when the rest of the answer never comes.
  await readText(response).catch(() => undefined);
  return answerWithoutBody(response, now);
}

function answerWithoutBody({ status, headers }: Response, now: number): Answer {
  switch (status) {
    case 401:
      return { kind: 'Unauthorized' };
    case 403:
    case 404:
      return { kind: 'Missing', status };
    case 429:
      return { kind: 'RateLimited', retryAt: retryAt(headers.get('retry-after'), now) };
    default:
      return status >= 500 && status <= 599
        ? failed('ServerError', `The status endpoint answered ${status}.`)
        : failed('UnexpectedStatus', `The status endpoint answered ${status}, not 200.`);
  }
}

function failed(name: CheckErrorName, message: string): FailedObservation {
  return { kind: 'Failed', error: { name, message } };
}
