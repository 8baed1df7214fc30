import { asciiLine } from '../core/text.ts';

const LENGTH = 100;

/**
 * What made a `fetch` fail, for a message: the cause's code (`ECONNREFUSED`), else its words. The
 * error's own message is never used: it may quote a header, and so a secret.
 */
export function fetchFailure(error: unknown): string {
  const { code, message } = causeOf(error);
  return asciiLine(String(code ?? message ?? 'unknown reason'), LENGTH);
}

/** The code of the system, of the HTTP client or of the decompression that made a `fetch` fail. */
export function failureCode(error: unknown): string {
  return String(causeOf(error).code ?? '');
}

function causeOf(error: unknown): { readonly code?: unknown; readonly message?: unknown } {
  return error instanceof Error && error.cause instanceof Error ? error.cause : {};
}
