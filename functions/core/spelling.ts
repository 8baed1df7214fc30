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
