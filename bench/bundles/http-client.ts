import { request } from 'undici';

/** A faster HTTP client than the built-in `fetch`, and nothing else. */
export const handler = async () => request;
