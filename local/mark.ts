import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Longer than any mark. */
const WIDTH = 64;

/**
 * Marks in a file of its own how far another file was when somebody was told that what is in it is
 * kept. Without it nobody could tell a file that was cut off later from one whose last write a kill
 * has stopped, and what is missing would be missed in silence. The write is one call, in place: a
 * kill leaves the mark before or this one, and a full disk has room for it.
 */
export function writeMark(path: string, mark: string): void {
  const file = openSync(path, 'a+');
  closeSync(file);
  const place = openSync(path, 'r+');
  try {
    writeSync(place, mark.padEnd(WIDTH), 0);
  } finally {
    closeSync(place);
  }
}

/** The mark; undefined when there is none yet. */
export function readMark(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
