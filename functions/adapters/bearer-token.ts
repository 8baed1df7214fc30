const HEADER_SAFE = /^[!-~]+$/;

/** Whether a text can be sent as a bearer token: printable ASCII without spaces. */
export function isBearerToken(text: string): boolean {
  return HEADER_SAFE.test(text);
}
