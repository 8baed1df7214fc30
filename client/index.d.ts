import type { Client, ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.js';

export type * from './schema.js';

/**
 * A typed client of the API: `GET`, `POST` and `DELETE` take a path of it and give `data` or `error`.
 *
 * @param options `baseUrl` is the address of the API; whoever has to sign requests gives a `fetch` of
 *   their own, whoever has a token gives `headers`
 */
export declare function createClient(options: ClientOptions): Client<paths>;
