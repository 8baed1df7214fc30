/**
 * Whether a store of LevelDB is as it was left. LevelDB opens much that is not: where `CURRENT` is
 * missing it makes an empty store, a log that was cut or altered it reads as far as it goes, and what
 * is in its tables it takes as it is.
 *
 * So the store's folder has two files more. `WRITTEN` says how far the log was at the last write that
 * somebody was told of: up to there it must be whole. `SUMS` has the SHA-256 of the tables, which
 * never change once they are written.
 *
 * @see https://github.com/google/leveldb/blob/main/doc/log_format.md
 */
import { hash } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import { parseJson } from '../../functions/core/objects.ts';
import { codeOf, readMark, replaceFile, writeMark } from '../files.ts';

/** A store is not as the local run left it. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}

const MARK = 'WRITTEN';
const SUMS = 'SUMS';

/** All that LevelDB, and this file, put into the folder of a store. */
const FILE_OF_STORE =
  /^(CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp)|WRITTEN|SUMS(\.new)?)$/;
const LOG = /^\d+\.log$/;
const TABLE = /^\d+\.(ldb|sst)$/;

/** The names in a folder that is a store of ours and nothing else; undefined when it is anything else. */
export async function filesOfStore(folder: string): Promise<readonly string[] | undefined> {
  if (!(await lstat(folder)).isDirectory()) return undefined;
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(
      async (name) => FILE_OF_STORE.test(name) && (await lstat(join(folder, name))).isFile(),
    ),
  );
  return files.every(Boolean) ? names : undefined;
}

/**
 * What marks that all which is in the log of a store by now is to be kept, once the disk has it. Who
 * asks while that is under way shares the next turn: a disk takes its time, and takes all at once.
 *
 * @throws the error of the file system
 */
export function marker(folder: string): () => Promise<void> {
  const inTurn = pLimit(1);
  let next: Promise<void> | undefined;
  return () => {
    next ??= inTurn(() => {
      next = undefined;
      return markWritten(folder);
    });
    return next;
  };
}

/** LevelDB may just have begun a new log, and what is marked may still be in the one before. */
async function markWritten(folder: string): Promise<void> {
  const logs = (await readdir(folder)).filter((name) => LOG.test(name)).sort(byNumber);
  const sizes = await Promise.all(logs.map((name) => writeOut(join(folder, name))));
  const size = sizes.at(-1);
  if (size !== undefined) writeMark(join(folder, MARK), `${logs.at(-1)} ${size}`);
}

/**
 * Has the disk take a log.
 *
 * @returns how much of it (bytes) the disk has; undefined when it is gone, being in a table by now
 */
async function writeOut(path: string): Promise<number | undefined> {
  let log: FileHandle;
  try {
    log = await open(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // What comes after this may not be on the disk, so a mark of it could be newer than the log.
    const { size } = await log.stat();
    await log.datasync();
    return size;
  } finally {
    await log.close();
  }
}

/** Writes down the sums of the tables that there are, in place of those of before. */
export async function writeSums(folder: string): Promise<void> {
  const tables = (await readdir(folder)).filter((name) => TABLE.test(name));
  const sums = tables.map(async (name) => [name, await sumOf(join(folder, name))]);
  const text = JSON.stringify(Object.fromEntries(await Promise.all(sums)));
  await replaceFile(join(folder, SUMS), text);
}

/** @throws {StoreUnreadable} something in the folder was altered, cut or taken away */
export async function checkStore(folder: string): Promise<void> {
  const names = await filesOfStore(folder);
  if (names === undefined) throw unreadable(folder, 'There are files in it that are not its own');
  const current = names.includes('CURRENT') && (await readFile(join(folder, 'CURRENT'), 'utf8'));
  if (!current || !names.includes(current.trim()))
    throw unreadable(folder, 'CURRENT is missing or damaged');
  await checkSums(folder, names);
  await checkLogs(
    folder,
    names.filter((name) => LOG.test(name)),
  );
}

async function checkSums(folder: string, names: readonly string[]): Promise<void> {
  if (!names.includes(SUMS)) return;
  const text = await readFile(join(folder, SUMS), 'utf8');
  const sums = z.record(z.string(), z.string()).safeParse(parseJson(text)).data;
  if (sums === undefined) throw unreadable(folder, `${SUMS} is damaged`);
  for (const [name, sum] of Object.entries(sums)) {
    // One that is gone was merged into others; that LevelDB misses it, it says itself.
    if (!names.includes(name) || (await sumOf(join(folder, name))) === sum) continue;
    throw unreadable(folder, `${name} was altered`);
  }
}

async function checkLogs(folder: string, logs: readonly string[]): Promise<void> {
  const [marked = '', size = ''] = readMark(join(folder, MARK))?.split(' ') ?? [];
  if (marked === '') return;
  if (!LOG.test(marked) || !/^\d+$/.test(size)) throw unreadable(folder, `${MARK} is damaged`);
  if (!logs.some((name) => byNumber(name, marked) >= 0))
    throw unreadable(folder, `${marked} is missing`);
  for (const name of logs) {
    const log = await readFile(join(folder, name));
    const order = byNumber(name, marked);
    const written = order < 0 ? log.length : order === 0 ? Number(size) : 0;
    if (log.length < written || intactLength(log) < written) {
      throw unreadable(folder, `${name} was cut or altered`);
    }
  }
}

const BLOCK = 32_768;
const HEADER = 7;

/** How many bytes of a log can be read, from its start to the first record that is not as written. */
function intactLength(log: Buffer): number {
  let at = 0;
  for (;;) {
    const left = BLOCK - (at % BLOCK);
    // The rest of a block that has no room for a header is empty.
    if (left < HEADER) at += left;
    if (at + HEADER > log.length) return at;
    const end = at + HEADER + log.readUInt16LE(at + 4);
    if (end > log.length || log.readUInt32LE(at) !== maskedSum(log.subarray(at + 6, end)))
      return at;
    at = end;
  }
}

/** CRC-32C, bit by bit, of each byte. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  return sum;
});

/** The sum of a record's type and text, masked as LevelDB stores it. */
function maskedSum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (CRC[(sum ^ byte) & 0xff] ?? 0);
  const crc = (sum ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

async function sumOf(path: string): Promise<string> {
  return hash('sha256', await readFile(path));
}

function byNumber(name: string, other: string): number {
  return Number.parseInt(name, 10) - Number.parseInt(other, 10);
}

/** With what to do about it. */
export function unreadable(folder: string, why: string, cause?: unknown): StoreUnreadable {
  return new StoreUnreadable(
    `${folder} cannot be used: ${why}. Move it elsewhere: then the store beside it counts, as it was ` +
      'at the start before, or else empty tables.',
    { cause },
  );
}
