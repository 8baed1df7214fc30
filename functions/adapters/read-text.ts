/** The most of an answer's body that is read if nothing else is said. */
const MAX_BODY_BYTES = 64 * 1024;

const decoder = new TextDecoder();

/**
 * Reads an answer's body to its end, which leaves the connection open for the next request. Counts
 * what arrives, so neither a false `content-length` nor compression gets past the limit.
 *
 * @param maxBytes the most that is read, in bytes after any content encoding is undone
 * @returns undefined when there is more (than 64 KiB by default); the connection is then closed
 */
export async function readText(
  { body }: Response,
  maxBytes = MAX_BODY_BYTES,
): Promise<string | undefined> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
}
