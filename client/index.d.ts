import type { Client, ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.js';

export type * from './schema.js';

/**
 * A typed client of the API: `GET`, `POST`, `PUT`, `PATCH` and `DELETE` take a path of it and give `data` or `error`.
 *
 * @param options `baseUrl` is the address of the API; whoever has to sign requests gives a `fetch` of
 *   their own, whoever has a token gives `headers`
 *
 * @example
 * ```ts
 * import { createClient } from 'extraction-monitor/client';
 *
 * const client = createClient({
 *   baseUrl: 'https://abc123.execute-api.eu-west-1.amazonaws.com',
 *   headers: { authorization: `Bearer ${process.env.EXTRACTION_MONITOR_TOKEN}` },
 * });
 * const { data, error } = await client.GET('/jobs', { params: { query: { state: ['Failed'] } } });
 * for (const { jobId, reason } of data?.jobs ?? []) console.log(jobId, reason);
 * if (error) console.error(error.detail);
 * ```
 */
export declare function createClient(options: ClientOptions): Client<paths>;
