import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII, GSM_7, spell, spellLegibly } from '../../../functions/core/text.ts';

describe('a text in another alphabet', () => {
  it.each([
    ['Žaliasis tiltas, Łódź', 'Zaliasis tiltas, Lodz', 'Zaliasis tiltas, Lodz'],
    ['Façade Süd, Größe', 'Facade Sud, Grosse', 'Facade Süd, Größe'],
    ['Bru\u0308cke', 'Brucke', 'Brücke'],
    ['„Wände“ – ‘fertig’…', '"Wande" - \'fertig\'...', '"Wände" - \'fertig\'...'],
    ['[A] {B} C|D ~ `E`', '[A] {B} C|D ~ `E`', "(A) (B) C/D - 'E'"],
    ['½ m², 5 €, Nº 3', '1/2 m2, 5 EUR, No 3', '1/2 m2, 5 EUR, No 3'],
    ['🏗️ Hall 7 🎉', 'Hall 7', 'Hall 7'],
    ['Hall 🎉 7', 'Hall 7', 'Hall 7'],
    ['Hall 東京 7', 'Hall ? 7', 'Hall ? 7'],
    ['ΔΩ', '?', 'ΔΩ'],
  ])('keeps what it can: %s', (text, ascii, gsm) => {
    expect(spell(text, ASCII)).toBe(ascii);
    expect(spell(text, GSM_7)).toBe(gsm);
  });

  it.each([ASCII, GSM_7])('has no character that is not in %s', (alphabet) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        const strange = Array.from(spell(text, alphabet)).filter((each) => !alphabet.test(each));
        expect(strange).toEqual([]);
      }),
    );
  });

  it('is nothing when most of its letters would be lost', () => {
    expect(spellLegibly('東京駅 7', ASCII)).toBe('');
    expect(spellLegibly('Мост', GSM_7)).toBe('');
    expect(spellLegibly('Hall 7 東京', ASCII)).toBe('Hall 7 ?');
    expect(spellLegibly('---', ASCII)).toBe('---');
  });
});

it('spells in ASCII every sign that Unicode does not take apart', () => {
  const signs = '→ ← •· × æ Æ đð ĐÐ ħ Ħ ı ł Ł ø Ø œ Œ ß ẞ þ Þ µμ';
  const spelled = '-> <- ** x ae AE dd DD h H i l L o O oe OE ss SS th Th uu';
  expect(spell(signs, ASCII)).toBe(spelled);
});
