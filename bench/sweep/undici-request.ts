import { request } from 'undici';
import { answeringWithLoop, HEADERS } from './status-requests.ts';

/** The bare loop with the fastest client there is for Node. */
answeringWithLoop(async (url) => (await request(url, { headers: HEADERS })).body.json());
