/**
 * What is written to files so that neither a kill nor a power cut leaves half of it.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** Puts a text, for this user alone, in place of what a file holds: it has the one or the other. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  // A power cut could leave the name without the text.
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, path);
}

/** Longer than any mark. */
const WIDTH = 64;

/**
 * Marks in a file of its own how far another file was when somebody was told that what is in it is
 * kept. Without it nobody could tell a file that was cut off later from one whose last write a kill
 * has stopped, and what is missing would be missed in silence. The write is one call, in place: a
 * kill leaves the mark before or this one, and a full disk has room for it.
 */
export function writeMark(path: string, mark: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  try {
    writeSync(file, mark.padEnd(WIDTH), 0);
  } finally {
    closeSync(file);
  }
}

/** The mark; undefined when there is none yet. */
export function readMark(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the system, or LevelDB, calls an error: `ENOENT`; empty of one without such a name. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
