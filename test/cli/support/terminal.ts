import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export class Pipe extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  /** What was written, line by line. */
  get lines(): readonly string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** A terminal, as far as programs can tell. */
export class Terminal extends Pipe {
  readonly isTTY = true;
  readonly columns: number;
  readonly #hasColors: boolean;

  constructor({ columns = 120, hasColors = false } = {}) {
    super();
    this.columns = columns;
    this.#hasColors = hasColors;
  }

  hasColors = () => this.#hasColors;
  cursorTo = (x: number) => cursorTo(this, x);
  moveCursor = (dx: number, dy: number) => moveCursor(this, dx, dy);
  clearLine = (direction: -1 | 0 | 1) => clearLine(this, direction);
}
