import { answeringWithLoop, HEADERS } from './status-requests.ts';

/** The bare loop with what Node brings along. */
answeringWithLoop(async (url) => (await fetch(url, { headers: HEADERS })).json());
