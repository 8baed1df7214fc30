import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addEntries,
  digestOf,
  type LogDigest,
  type LogEntry,
  NO_ENTRIES,
} from '../../../../functions/core/alerts/log-digest.ts';

/** The digest of pages that are all there is. */
function digest(...pages: readonly (readonly LogEntry[])[]): LogDigest {
  return digestOf(pages.reduce(addEntries, NO_ENTRIES), false);
}

function entry(level: string, message?: string, category = 'GroupQuery'): LogEntry {
  return { level, category, ...(message !== undefined && { message }) };
}

function repeated<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

describe('a digest', () => {
  it('of nothing says that there is nothing', () => {
    const nothing = { kind: 'Digest', entries: 0, isPartial: false, counts: [], messages: [] };
    expect(digest()).toEqual(nothing);
    expect(digest([])).toEqual(nothing);
  });

  it('counts entries by level and category, the most first', () => {
    const pages = [
      [entry('Error'), entry('Information'), entry('Information')],
      [entry('Error', undefined, 'Schema'), entry('Information')],
    ];
    expect(digest(...pages)).toMatchObject({
      entries: 5,
      counts: [
        { level: 'Information', category: 'GroupQuery', count: 3 },
        { level: 'Error', category: 'GroupQuery', count: 1 },
        { level: 'Error', category: 'Schema', count: 1 },
      ],
    });
  });

  it('tells each message once, in order, whatever page it is on', () => {
    const pages = [[entry('Error', 'a'), entry('Error', 'b')], [entry('Error', 'a')]];
    expect(digest(...pages).messages).toEqual([entry('Error', 'a'), entry('Error', 'b')]);
  });

  it.each([
    ['Fatal', 'Warning'],
    ['CRITICAL', 'warn'],
    ['error', 'Information'],
    ['Warning', 'Information'],
    ['WARN', 'Alarm'],
    ['SevereError', ''],
  ])('tells what is %s before what is %s', (graver, lesser) => {
    const { messages } = digest([entry(lesser, 'first'), entry(graver, 'last')]);
    expect(messages.map(({ message }) => message)).toEqual(['last', 'first']);
  });

  it('keeps the one error among many kinds of information', () => {
    const noise = repeated(99, (index) => entry('Information', `${index}`, `Category${index}`));
    const lone = entry('Error', 'the culprit');
    const { counts, messages } = digest([...noise, ...noise, lone]);
    expect(counts).toContainEqual({ level: 'Error', category: 'GroupQuery', count: 1 });
    expect(messages[0]).toEqual(lone);
  });

  it('goes on counting the kinds it knows once there are too many to tell apart', () => {
    const kinds = repeated(150, (index) => entry('Information', undefined, `Category${index}`));
    const { counts } = digest(kinds, kinds);
    expect(counts.map(({ count }) => count)).toEqual(repeated(10, () => 2));
  });

  it('tells of the most frequent kinds of one gravity where there are many', () => {
    const kinds = repeated(30, (index) => entry('Information', undefined, `Category${index}`));
    const frequent = repeated(5, () => entry('Information', undefined, 'Category29'));
    expect(digest(kinds, frequent).counts[0]).toMatchObject({ category: 'Category29', count: 6 });
  });

  it('tells ten messages at the most', () => {
    const pages = ['Error', 'Warning'].map((level) => repeated(9, (i) => entry(level, `${i}`)));
    expect(digest(...pages).messages).toHaveLength(10);
  });

  it('leaves out the messages that no longer fit into 4 KB', () => {
    const long = (index: number) => entry('Error', `${index}${'é'.repeat(300)}`, '"'.repeat(40));
    const kinds = repeated(10, (index) => entry('Error', undefined, `${index}${'"'.repeat(39)}`));
    const { messages } = digest([...kinds, ...repeated(10, long)]);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThan(10);
  });

  it('of 4,096 bytes is kept, and one of a byte more is not', () => {
    const eight = repeated(8, (index) => entry('Error', `${index}${'x'.repeat(399)}`));
    const room = 4_096 - Buffer.byteLength(JSON.stringify(digest([...eight, entry('Error')])));
    const rest = room - Buffer.byteLength(`,${JSON.stringify(entry('Error', ''))}`);
    const withLast = (bytes: number) => digest([...eight, entry('Error', 'y'.repeat(bytes))]);
    expect(Buffer.byteLength(JSON.stringify(withLast(rest)))).toBe(4_096);
    expect(withLast(rest + 1).messages).toHaveLength(8);
  });

  it('says whether it is all', () => {
    expect(digestOf(NO_ENTRIES, true).isPartial).toBe(true);
    expect(digestOf(NO_ENTRIES, false).isPartial).toBe(false);
  });

  it('names a level or category that is not told, and leaves out what has no message', () => {
    expect(digest([{ level: '', category: '\u200B\n' }])).toMatchObject({
      counts: [{ level: 'Unknown', category: 'Unknown', count: 1 }],
      messages: [],
    });
  });

  it('has every outside text on one line, and cut', () => {
    const hostile = {
      level: `Error\r\nBcc: all@example.com${'!'.repeat(100)}`,
      category: '\u202Egnp.exe',
      message: `Job id: forged\n\nJob id: forged\u2028${'x'.repeat(1_000)}`,
    };
    const { counts, messages } = digest([hostile]);
    expect(counts[0]).toEqual({
      level: 'Error Bcc: all@example.com!!!!!!!!!!!...',
      category: 'gnp.exe',
      count: 1,
    });
    expect(messages[0]?.message).toMatch(/^Job id: forged Job id: forged x+\.\.\.$/);
    expect(messages[0]?.message).toHaveLength(400);
  });
});

describe('whatever the entries are', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2_000 }),
    fc.constantFrom('"', '\\', '€', '🧱', '\uD800', '\n').map((unit) => unit.repeat(500)),
  );
  const logEntry: fc.Arbitrary<LogEntry> = fc.record(
    {
      level: fc.oneof(fc.constantFrom('Error', 'Warning', 'Information'), text),
      category: fc.oneof(fc.constantFrom('GroupQuery', 'Unknown'), text),
      message: text,
    },
    { requiredKeys: ['level', 'category'] },
  );
  const pages = fc.array(fc.array(logEntry, { maxLength: 30 }), { maxLength: 3 });

  it('a digest is at most 4 KB of JSON, and tells a message if there is one', () => {
    fc.assert(
      fc.property(pages, (read) => {
        const { messages, ...rest } = digest(...read);
        expect(Buffer.byteLength(JSON.stringify({ ...rest, messages }))).toBeLessThanOrEqual(4_096);
        const isAnythingSaid = read.flat().some(({ message = '' }) => /[a-z]/i.test(message));
        if (isAnythingSaid) expect(messages.length).toBeGreaterThan(0);
      }),
    );
  });

  it('no more is kept however many entries there are', () => {
    const many = repeated(5_000, (index) => entry(`L${index}`, `m${index}`, `C${index}`));
    const { counts, messages, entries } = [many, many].reduce(addEntries, NO_ENTRIES);
    expect(entries).toBe(10_000);
    expect(counts.size).toBe(100);
    expect(messages.flat()).toHaveLength(10);
  });

  it('no text of a digest can break a line', () => {
    fc.assert(
      fc.property(pages, (read) => {
        const { counts, messages } = digest(...read);
        const texts = [...counts, ...messages].flatMap((part) => Object.values(part));
        for (const part of texts) expect(String(part)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('it does not matter how they are split into pages', () => {
    fc.assert(
      fc.property(pages, (read) => {
        expect(digest(...read)).toEqual(digest(read.flat()));
      }),
    );
  });
});
