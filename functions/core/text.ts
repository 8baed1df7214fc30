/** The most of an outside text that is stored, in bytes of UTF-8. */
const STORED_TEXT_BYTES = 1_024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An outside text as it may be stored: well-formed Unicode, cut to 1 KB without splitting a
 * character.
 */
export function storedText(text: string): string {
  const bytes = new Uint8Array(STORED_TEXT_BYTES);
  const { written } = encoder.encodeInto(text.toWellFormed(), bytes);
  return decoder.decode(bytes.subarray(0, written));
}

/**
 * An outside text on one line: control characters, line and paragraph separators and runs of white
 * space become one space. A reader cannot mistake any of it for a line of ours.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** Text in printable ASCII, at most `length` characters; what is not ASCII becomes `?`. */
export function asciiLine(text: string, length: number): string {
  const ascii = oneLine(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -~]/gu, '?');
  return ascii.length <= length ? ascii : `${ascii.slice(0, length - 3)}...`;
}
