import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CorruptFile, openJsonLines } from '../../local/json-lines.ts';

const schema = z.object({ id: z.string(), text: z.string() });
const entry = (id: string) => ({ id, text: 'zwei\nZeilen' });
const open = (path: string | undefined) => openJsonLines(path, schema);

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'json-lines-'));
  path = join(dataDir, 'entries.jsonl');
});
afterEach(() => rm(dataDir, { recursive: true }));

it('reads back what was appended, from a directory that did not exist', async () => {
  const nested = join(dataDir, 'a', 'b', 'entries.jsonl');
  const log = await open(nested);
  await log.append(entry('1'));
  await log.append(entry('2'));
  expect((await open(nested)).entries).toEqual([entry('1'), entry('2')]);
});

it('keeps entries in order that are appended without waiting', async () => {
  const log = await open(path);
  const entries = Array.from({ length: 20 }, (_, number) => entry(String(number)));
  await Promise.all(entries.map(log.append));
  expect((await open(path)).entries).toEqual(entries);
});

it('forgets a last line that was never finished, and appends after the one before', async () => {
  await (await open(path)).append(entry('1'));
  await appendFile(path, JSON.stringify(entry('2')).slice(0, -1));

  const reopened = await open(path);
  expect(reopened.entries).toEqual([entry('1')]);
  await reopened.append(entry('3'));
  expect((await open(path)).entries).toEqual([entry('1'), entry('3')]);
});

it.each(['not JSON', '{"id":"1"}', ''])(
  'says which line of which file is no entry: %j',
  async (line) => {
    await (await open(path)).append(entry('1'));
    await appendFile(path, `${line}\n`);
    const opened = open(path);
    await expect(opened).rejects.toThrow(CorruptFile);
    await expect(opened).rejects.toThrow(`Line 2 of ${path}`);
  },
);

it('reads a line that is longer than what is read at once, in letters of several bytes', async () => {
  const entries = [0, 1, 2].map((id) => ({
    id: `${id}`,
    text: `${' '.repeat(id)}${'ėž€'.repeat(50_000)}`,
  }));
  const log = await open(path);
  for (const each of entries) await log.append(each);
  await appendFile(path, JSON.stringify(entry('3')).slice(0, -1));
  expect((await open(path)).entries).toEqual(entries);
  expect((await open(path)).entries).toEqual(entries);
});

it('reads no file into one text, which may have half a gigabyte at most', async () => {
  const log = await open(path);
  await log.append(entry('1'));
  await log.append(entry('2'));
  const decoded = Buffer.prototype.toString;
  // As if a text had room for a line and not for two.
  vi.spyOn(Buffer.prototype, 'toString').mockImplementation(function (this: Buffer, ...how) {
    if (this.length > 33) throw new RangeError('Cannot create a string longer than 33 characters');
    return decoded.apply(this, how);
  });
  expect((await open(path)).entries).toEqual([entry('1'), entry('2')]);
});

it('does not list an entry that the disk did not take, and takes the next one', async () => {
  const log = await open(path);
  await log.append(entry('1'));
  await rm(path);
  await mkdir(path);
  await expect(log.append(entry('2'))).rejects.toThrow('EISDIR');
  await rm(path, { recursive: true });
  await appendFile(path, '');
  await log.append(entry('3'));
  expect(log.entries).toEqual([entry('1'), entry('3')]);
});

it.each([true, false])(
  'shows no entry that is too old, and keeps it in its file (%s)',
  async (hasFile) => {
    const over = new Set<string>();
    const isOver = ({ id }: { id: string }) => over.has(id);
    const log = await openJsonLines(hasFile ? path : undefined, schema, { isMarked: true, isOver });
    for (const id of ['1', '2', '3']) await log.append(entry(id));
    expect(log.entries).toHaveLength(3);
    over.add('1').add('2');
    await log.append(entry('4'));
    expect(log.entries).toEqual([entry('3'), entry('4')]);
    if (!hasFile) return;
    const reopened = await openJsonLines(path, schema, { isMarked: true, isOver });
    expect(reopened.entries).toEqual([entry('3'), entry('4')]);
    expect((await open(path)).entries).toHaveLength(4);
  },
);

it('keeps entries for as long as the process lives when there is no file', async () => {
  const log = await open(undefined);
  await log.append(entry('1'));
  expect(log.entries).toEqual([entry('1')]);
});

it.each(['a letter', 'two\nlines', '{"id":"1"}'])(
  'refuses a file of somebody else, and leaves it as it is: %j',
  async (letter) => {
    await writeFile(path, letter);
    await expect(open(path)).rejects.toThrow(CorruptFile);
    expect(await readFile(path, 'utf8')).toBe(letter);
  },
);

it.each([
  ['cut at the end of a line', () => truncate(path, 33)],
  ['cut within a line', () => truncate(path, 40)],
  ['deleted', () => rm(path)],
])('a marked file that was %s later is refused, whatever is left of it', async (_, damage) => {
  const log = await openJsonLines(path, schema, { isMarked: true });
  await log.append(entry('1'));
  await log.append(entry('2'));
  expect((await open(path)).entries).toHaveLength(2);
  await damage();
  await expect(open(path)).rejects.toThrow(/was cut: it has \d+ bytes of 66\. Bring it back/);
  await rm(`${path}.size`);
  await open(path);
});
