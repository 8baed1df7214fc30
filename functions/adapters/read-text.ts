/** The most of an answer's body that is read, in bytes after any content encoding is undone. */
const MAX_BODY_BYTES = 64 * 1024;

const decoder = new TextDecoder();

/**
 * Reads an answer's body to its end, which leaves the connection open for the next request. Counts
 * what arrives, so neither a false `content-length` nor compression gets past the limit.
 *
 * @returns undefined when there is more than 64 KiB; the connection is then closed
 */
export async function readText({ body }: Response): Promise<string | undefined> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return decoder.decode(Buffer.concat(chunks, length));
    length += value.byteLength;
    if (length > MAX_BODY_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
}
