/** The most of an outside text that is stored, in bytes of UTF-8. */
const STORED_TEXT_BYTES = 1_024;

/**
 * Characters that show nothing, reorder what others show, or mean something on one machine only:
 * format characters such as bidi controls, zero-width and filler characters, private use, lone
 * surrogates and noncharacters.
 */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]+/gu;
/** Control characters, and white space with all that ends a line or a paragraph. */
const SPACING = /[\p{Cc}\s]+/gu;

/** The most bytes of UTF-8 that one UTF-16 code unit takes. */
const MAX_BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A link after its scheme, also within JSON. It looks at no character twice, however long a text is. */
const LINK = /:(?:\\?\/){2}\S*/g;
/** Ends the sentence that a link stands in. */
const PUNCTUATION = /[.,;:)]$/;

/**
 * An outside text whose links lead nowhere secret: upstream pre-signs links to files, and whoever has
 * one with its query may fetch.
 */
export function withoutQueries(text: string): string {
  return text.replace(LINK, (link) => {
    const query = link.search(/[?#]/);
    return query === -1 ? link : link.slice(0, query) + (PUNCTUATION.exec(link)?.[0] ?? '');
  });
}

/**
 * An outside text as it may be stored: well-formed Unicode, without the queries of links, cut to 1 KB
 * without splitting a character.
 */
export function storedText(text: string): string {
  return cutToBytes(withoutQueries(text), STORED_TEXT_BYTES);
}

/** Whether a text may be stored as it is, but for links in it. */
export function isStorable(text: string): boolean {
  return cutToBytes(text, STORED_TEXT_BYTES) === text;
}

/**
 * An outside text without anything that a terminal would obey: control characters, ends of lines
 * included, become spaces, and what cannot be seen or turns the direction of others goes.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, '').replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * An outside text on one line, as a reader sees it: control characters, line and paragraph
 * separators and runs of white space become one space, and what cannot be seen goes.
 */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, '').replace(SPACING, ' ').trim();
}

/** A line of at most `length` characters: of a longer one the end is left out, and `...` says so. */
export function cut(line: string, length: number): string {
  if (line.length <= length) return line;
  const kept = line.slice(0, length - 3).replace(/\p{Cs}$/u, '');
  return `${kept.trimEnd()}...`;
}

/** An outside text on one line of at most so many bytes of UTF-8; `...` says that it was cut. */
export function shortLine(text: string, bytes: number): string {
  const line = oneLine(text);
  const kept = cutToBytes(line, bytes);
  return kept === line ? line : `${cutToBytes(line, bytes - 3).trimEnd()}...`;
}

/**
 * Text in printable ASCII, at most `length` characters; what cannot be spelled in it becomes `?`. In a
 * header of a mail it is read as it stands: `=?` would begin what mail programs decode [RFC 2047].
 */
export function asciiLine(text: string, length: number): string {
  return cut(spell(oneLine(text), ASCII).replaceAll('=?', '= ?'), length);
}

function cutToBytes(text: string, length: number): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.length * MAX_BYTES_PER_UNIT <= length) return wellFormed;
  const bytes = new Uint8Array(length);
  const { written } = encoder.encodeInto(wellFormed, bytes);
  return decoder.decode(bytes.subarray(0, written));
}

/** Matches one character of printable ASCII. */
export const ASCII = /^[ -~]$/;

/**
 * Matches one printable character that takes a single place in an SMS: those of the GSM 7 bit default
 * alphabet. Its extension table (brackets, backslash, euro sign and others) takes two [3GPP TS 23.038].
 */
export const GSM_7 =
  /^[ !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà]$/;

/** Characters that Unicode does not take apart into plainer ones; the spellings are in both alphabets. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  [
    ["'", '`´‘’‚‛‹›′'],
    ['"', '“”„‟«»″'],
    ['-', '‐‑‒–—―−~'],
    ['/', '\\|⁄∕'],
    ['(', '[{'],
    [')', ']}'],
    ['->', '→'],
    ['<-', '←'],
    ['*', '•·'],
    ['x', '×'],
    ['EUR', '€'],
    ['ae', 'æ'],
    ['AE', 'Æ'],
    ['d', 'đð'],
    ['D', 'ĐÐ'],
    ['h', 'ħ'],
    ['H', 'Ħ'],
    ['i', 'ı'],
    ['l', 'ł'],
    ['L', 'Ł'],
    ['o', 'ø'],
    ['O', 'Ø'],
    ['oe', 'œ'],
    ['OE', 'Œ'],
    ['ss', 'ß'],
    ['SS', 'ẞ'],
    ['th', 'þ'],
    ['Th', 'Þ'],
    ['u', 'µμ'],
  ].flatMap(([spelling = '', characters = '']) =>
    Array.from(characters, (character) => [character, spelling] as const),
  ),
);

/** Stands for letters that cannot be spelled, until all are known. */
const LOST = '\uFFFD';

/**
 * A line of text in the characters of an alphabet: accents go where it has none, quotation marks and
 * dashes become plain, other symbols are left out, and foreign letters in a row become one `?`.
 */
export function spell(line: string, alphabet: RegExp): string {
  return spellEach(line.normalize('NFC'), alphabet)
    .replace(/\uFFFD+/g, '?')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** The same, or nothing where most letters would be lost: a row of `?` tells nobody anything. */
export function spellLegibly(line: string, alphabet: RegExp): string {
  const spelled = spell(line, alphabet);
  return 2 * letters(spelled) >= letters(line) ? spelled : '';
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function spellEach(text: string, alphabet: RegExp): string {
  return Array.from(text, (character) => spellOne(character, alphabet)).join('');
}

function spellOne(character: string, alphabet: RegExp): string {
  if (alphabet.test(character)) return character;
  const spelling = SPELLINGS.get(character);
  if (spelling !== undefined) return spelling;
  const parts = character.normalize('NFKD');
  if (parts !== character) return spellEach(parts, alphabet);
  return /[\p{L}\p{N}]/u.test(character) ? LOST : '';
}

/** Columns of a mail: what a narrow window and a quoted reply still show whole. */
export const WIDTH = 76;

/** What stands before every outside text in a mail, so that no line of it can pass for one of ours. */
const QUOTE = '  | ';
/** Nearly all of what may be on record of an outside text; it should not take the mail over. */
const QUOTED_LENGTH = 1_000;

/** Prose of our own, wrapped, each line after `indent`. */
export function prose(text: string, indent = ''): string[] {
  return wrap(text, WIDTH - indent.length).map((line) => `${indent}${line}`);
}

/** An outside text, wrapped, each line marked as quoted; `hang` goes before all lines but the first. */
export function quote(text: string, hang = ''): string[] {
  const lines = wrap(cut(oneLine(text), QUOTED_LENGTH), WIDTH - QUOTE.length - hang.length);
  return lines.map((line, i) => `${QUOTE}${i === 0 ? '' : hang}${line}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((each) => brokenUp(each, width))) {
    const line = lines.at(-1);
    const longer = `${line} ${word}`;
    if (line !== undefined && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A word in pieces that are not too long for a line; a URL stays whole, to be followed. */
function brokenUp(word: string, width: number): string[] {
  if (word.includes('://')) return [word];
  const pieces: string[] = [''];
  for (const character of word) {
    const longer = `${pieces.at(-1)}${character}`;
    if (longer.length <= width) pieces[pieces.length - 1] = longer;
    else pieces.push(character);
  }
  return pieces;
}
