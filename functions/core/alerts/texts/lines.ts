import { cut, oneLine } from '../../text.ts';

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
