import { request } from 'undici';
import { answeringWithLoop, HEADERS } from './status-requests.ts';

/** The bare loop with the library that `fetch` is built on, without the layers in between. */
answeringWithLoop(async (url) => (await request(url, { headers: HEADERS })).body.json());
