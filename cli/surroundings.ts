/** Where output goes. A terminal is one, and so is any other writable stream. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
  /** Whether colours are wanted: the terminal's ability and `NO_COLOR` in one. */
  hasColors?(): boolean;
};

/** What the command line finds where it is run. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The time, in ms since the epoch. */
  readonly now: () => number;
  /** Aborted with the name of a signal, `SIGINT` or `SIGTERM`, when the command is to stop. */
  readonly signal: AbortSignal;
}
