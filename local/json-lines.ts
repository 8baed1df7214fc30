import { createReadStream } from 'node:fs';
import { appendFile, mkdir, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import type { z } from 'zod';
import { parseJson } from '../functions/core/objects.ts';
import { readMark, writeMark } from './files.ts';

/** Entries that are only ever added, kept in a file of one line of JSON each. */
export interface JsonLines<Entry> {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /**
   * Resolves once the entry is on the disk.
   *
   * @throws the error of the file system; the entry is then not among the others
   */
  append(entry: Entry): Promise<void>;
}

/** The file holds a line that the local run did not write. */
export class CorruptFile extends Error {
  override readonly name = 'CorruptFile';
}

/** How entries are kept. */
interface JsonLinesOptions<Entry> {
  /** Whether none may ever be missing: how long the file is, is then marked beside it, in `.size`. */
  readonly isMarked?: boolean;
  /** Whether one is too old to be among the others; in the file it stays. @default none is */
  readonly isOver?: (entry: Entry) => boolean;
}

/**
 * Opens the file at `path`; it and its folder are made when missing. Without `path` the entries end
 * with the process.
 *
 * @throws {CorruptFile} the file was changed by something else; it stays as it is
 */
export async function openJsonLines<Entry>(
  path: string | undefined,
  schema: z.ZodType<Entry>,
  { isMarked = false, isOver = () => false }: JsonLinesOptions<Entry> = {},
): Promise<JsonLines<Entry>> {
  if (path === undefined) {
    const entries: Entry[] = [];
    return { entries, append: async (entry) => put(entries, entry, isOver) };
  }
  await mkdir(dirname(path), { recursive: true });
  const entries = await readEntries(path, schema, isOver);
  const inTurn = pLimit(1);
  return {
    entries,
    append: (entry) =>
      inTurn(async () => {
        const size = await appendLine(path, JSON.stringify(entry));
        if (isMarked) writeMark(markOf(path), String(size));
        put(entries, entry, isOver);
      }),
  };
}

/** Of a run of years all would fill the memory. */
function put<Entry>(entries: Entry[], entry: Entry, isOver: (entry: Entry) => boolean): void {
  entries.push(entry);
  while (entries[0] !== undefined && isOver(entries[0])) entries.shift();
}

function markOf(path: string): string {
  return `${path}.size`;
}

/** Reads all whole lines, and cuts off the one that a killed process left unfinished. */
async function readEntries<Entry>(
  path: string,
  schema: z.ZodType<Entry>,
  isOver: (entry: Entry) => boolean,
): Promise<Entry[]> {
  await appendFile(path, '');
  const { size } = await stat(path);
  const marked = Number(readMark(markOf(path)) ?? 0);
  if (!(size >= marked)) {
    throw new CorruptFile(
      `${path} was cut: it has ${size} bytes of ${marked}. Bring it back, or delete ` +
        `${markOf(path)} to go on without what is missing.`,
    );
  }
  const entries: Entry[] = [];
  let count = 0;
  let wholeLines = 0;
  for await (const line of linesOf(path)) {
    if (line.at(-1) !== NEWLINE) {
      refuseOthersRest(path, line.toString());
      continue;
    }
    count += 1;
    wholeLines += line.length;
    const { data, error } = schema.safeParse(parseJson(line.toString()));
    if (data === undefined) {
      throw new CorruptFile(
        `Line ${count} of ${path} is not as the local run writes it. Mend or delete that line` +
          (marked > 0 ? `, and delete ${markOf(path)}.` : '.'),
        { cause: error },
      );
    }
    if (!isOver(data)) entries.push(data);
  }
  await truncate(path, wholeLines);
  return entries;
}

const NEWLINE = 0x0a;

/**
 * Each line of a file with its end, and what comes after the last one. Read piece by piece: the whole
 * file of a run of years is longer than a text may be, and the run could never start again.
 */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let to = piece.indexOf(NEWLINE); to !== -1; to = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, piece.subarray(from, to + 1)]);
      begun = [];
      from = to + 1;
    }
    if (from < piece.length) begun.push(piece.subarray(from));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

function refuseOthersRest(path: string, rest: string): void {
  if (rest.startsWith('{"') && parseJson(rest) === undefined) return;
  throw new CorruptFile(`The end of ${path} is not as the local run writes it. Delete it.`);
}

/**
 * A write that fails half-way, on a full disk say, must not leave half a line before the next.
 *
 * @returns how long the file is then, in bytes
 */
async function appendLine(path: string, line: string): Promise<number> {
  const { size } = await stat(path);
  try {
    await appendFile(path, `${line}\n`, { flush: true });
    return size + Buffer.byteLength(line) + 1;
  } catch (error) {
    await truncate(path, size);
    throw error;
  }
}
