import { styleText } from 'node:util';
import type { Output, Surroundings } from './surroundings.ts';
import { plain, plainLines, timeText, toJson } from './text.ts';

/** States that end a job well, badly, or otherwise; all others are pending or new upstream. */
const COLOURS: ReadonlyMap<string, 'green' | 'red' | 'yellow'> = new Map([
  ['Succeeded', 'green'],
  ['Succeeded with issues', 'yellow'],
  ['Failed', 'red'],
  ['PartiallySucceeded', 'yellow'],
  ['Aborted', 'yellow'],
  ['NotFound', 'yellow'],
  ['AccessDenied', 'yellow'],
  ['TimedOut', 'yellow'],
  ['Cancelled', 'yellow'],
]);

/** Where a command shows its result: a person's terminal, or a pipe. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly hasColors: boolean;
  readonly output: Output;
  line(text?: string): void;
  lines(texts: readonly string[]): void;
  json(value: unknown, indent?: number): void;
  /** Whether a line of so many characters stays one. */
  fits(length: number): boolean;
  /** A state, padded to a width and coloured where colours are wanted. */
  state(word: string, width?: number): string;
  /** What matters less. */
  dim(text: string): string;
  /** A time in ISO 8601 as local date and time with the offset, or in UTC. */
  time(iso: string): string;
  /** Shows times in UTC from now on. */
  showUtc(): void;
}

/** Shows results on an output stream. A terminal that cannot move its cursor is taken for a pipe. */
export function createScreen(output: Output, { TERM }: Surroundings['env']): Screen {
  const { isTTY, columns = 0 } = output;
  // Some terminals, such as those of CI systems, are 0 characters wide.
  const isTerminal = isTTY === true && columns > 0 && TERM !== 'dumb';
  let isUtc = false;
  const hasColors = isTerminal && output.hasColors?.() === true;
  const line = (text = '') => void output.write(`${plainLines(text)}\n`);
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    hasColors ? styleText(format, text, { validateStream: false }) : text;
  return {
    isTerminal,
    hasColors,
    output,
    line,
    lines(texts) {
      for (const text of texts) line(text);
    },
    json: (value, indent = 2) => void output.write(`${toJson(value, indent)}\n`),
    fits: (length) => !isTerminal || length <= columns,
    state(word, width = 0) {
      const shown = plain(word);
      return (
        paint(COLOURS.get(word) ?? 'cyan', shown) + ' '.repeat(Math.max(0, width - shown.length))
      );
    },
    dim: (text) => paint('dim', text),
    time: (iso) => timeText(iso, isUtc),
    showUtc() {
      isUtc = true;
    },
  };
}
