/** How a command ended. Scripts rely on these numbers: docs/cli.md lists them. */
export const EXIT = {
  done: 0,
  /** `watch`: a run failed, wholly or in part. `health`: somebody has to act. */
  failed: 1,
  usage: 2,
  unavailable: 3,
  refused: 4,
  /** The others of `watch`: how a job ended, or that it did not within `--max-wait`. */
  issues: 5,
  notFound: 6,
  timedOut: 7,
  cancelled: 8,
  stillPending: 9,
  unwritable: 10,
  /** A fault of the command itself, or an answer that is not as it should be. */
  broken: 11,
  /** 128 and the number of the signal, as shells have it. */
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The command cannot be carried out as it was given; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = EXIT.usage;
}

/** The API gave no answer, or none that is of use; another try may help. */
export class ApiUnavailable extends Error {
  override readonly name = 'ApiUnavailable';
  readonly exitCode = EXIT.unavailable;
}

/** The API understood the request and said no; the message has its reasons. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  readonly exitCode = EXIT.refused;
}

/** Whether an error's message is all that a person needs. */
export function isTold(error: unknown): error is UsageError | ApiUnavailable | ApiRefused {
  return (
    error instanceof UsageError || error instanceof ApiUnavailable || error instanceof ApiRefused
  );
}
