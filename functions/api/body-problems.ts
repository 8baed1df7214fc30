import { HttpProblem } from './problem.ts';

/** The body is larger than what is read. */
export class BodyTooLarge extends HttpProblem {
  override readonly name = 'BodyTooLarge';

  /** @param limit bytes */
  constructor(limit: number) {
    super(413, `The body is larger than ${limit} bytes.`);
  }
}

/** The body is said to be something else than JSON. */
export class BodyNotJson extends HttpProblem {
  override readonly name = 'BodyNotJson';

  constructor() {
    super(415, 'Send the body as application/json.');
  }
}
