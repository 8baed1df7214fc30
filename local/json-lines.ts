import { appendFile, mkdir, readFile, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import type { z } from 'zod';

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

/**
 * Opens the file at `path`; it and its folder are made when missing. Without `path` the entries end
 * with the process.
 *
 * @throws {CorruptFile} the file was changed by something else
 */
export async function openJsonLines<Entry>(
  path: string | undefined,
  schema: z.ZodType<Entry>,
): Promise<JsonLines<Entry>> {
  if (path === undefined) {
    const entries: Entry[] = [];
    return { entries, append: async (entry) => void entries.push(entry) };
  }
  await mkdir(dirname(path), { recursive: true });
  const entries = await readEntries(path, schema);
  const inTurn = pLimit(1);
  return {
    entries,
    append: (entry) =>
      inTurn(async () => {
        await appendLine(path, JSON.stringify(entry));
        entries.push(entry);
      }),
  };
}

/** Reads all whole lines, and cuts off the one that a killed process left unfinished. */
async function readEntries<Entry>(path: string, schema: z.ZodType<Entry>): Promise<Entry[]> {
  await appendFile(path, '');
  const file = await readFile(path);
  const wholeLines = file.subarray(0, file.lastIndexOf('\n') + 1);
  await truncate(path, wholeLines.length);

  const lines = wholeLines.toString().split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const { data, error } = schema.safeParse(parseJson(line));
    if (data !== undefined) return data;
    throw new CorruptFile(
      `Line ${index + 1} of ${path} is not as the local run writes it. Mend or delete that line.`,
      { cause: error },
    );
  });
}

/** A write that fails half-way, on a full disk say, must not leave half a line before the next. */
async function appendLine(path: string, line: string): Promise<void> {
  const { size } = await stat(path);
  try {
    await appendFile(path, `${line}\n`, { flush: true });
  } catch (error) {
    await truncate(path, size);
    throw error;
  }
}

/** The value that `text` spells in JSON, or nothing when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
