import type { Argv } from 'yargs';
import { type Address, LOCAL_URL, readAddress } from './api/address.ts';
import { type Api, connect, createSend } from './api/connect.ts';
import type { Fetch } from './api/signed-fetch.ts';
import { EXIT } from './errors.ts';
import { last, wholeNumber } from './option-values.ts';
import { createScreen, type Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';
import { plain, plainLines } from './text.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly url: string | undefined;
  readonly json: boolean;
  readonly utc: boolean;
  readonly 'retry-seconds': number | undefined;
}

/** A command line that knows what every command takes. */
export type Cli = Argv<CommonOptions>;

/** How a command goes on without an answer. */
interface Patience {
  /** For how long (s) to try again, unless the person says. */
  readonly retrySeconds: number;
  /** When (ms since the epoch) it is over, whoever says what. */
  readonly deadline: number;
  /** Told of every try that failed. */
  readonly onTrouble: (error: Error) => void;
}

/** What a command works with. */
export interface Context {
  readonly surroundings: Surroundings;
  readonly screen: Screen;
  /** Where the API is. */
  address(options: CommonOptions): Address;
  /**
   * The API.
   *
   * @param patience how to go on without an answer
   */
  api(options: CommonOptions, patience?: Patience): Api;
  /** Sends requests to the API as they are, with the person's credentials. */
  send(options: CommonOptions): Fetch;
  /** Tells the person something that is no part of the result. */
  note(text: string): void;
  /** Lets the command end with another code than 0. */
  endWith(code: number): void;
}

/** For how long (s) commands but `watch` try again. */
const RETRY_SECONDS = 10;

/** For how long (ms) to try again at a deadline. */
const LAST_TRIES = 1_000;

/** Adds what every command takes. */
export function withCommonOptions(cli: Argv): Cli {
  return cli
    .option('url', {
      type: 'string',
      coerce: last,
      describe: `The API  [EXTRACTION_MONITOR_URL, else ${LOCAL_URL}]`,
    })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print the JSON of the API',
    })
    .option('utc', {
      type: 'boolean',
      default: false,
      describe: 'Show times in UTC, and read them so',
    })
    .option('retry-seconds', {
      type: 'number',
      coerce: wholeNumber('retry-seconds'),
      describe: `How long to try again without an answer  [${RETRY_SECONDS}; watch: 300]`,
    });
}

/** What commands work with in these surroundings. */
export function createContext(
  surroundings: Surroundings,
): Context & { readonly exitCode: () => number } {
  const { env, stdout, stderr, now, signal } = surroundings;
  let exitCode: number = EXIT.done;
  const note = (text: string) => void stderr.write(`${plainLines(text)}\n`);
  const address = ({ url }: CommonOptions) =>
    readAddress(url || env.EXTRACTION_MONITOR_URL || LOCAL_URL);
  const sayOnce = () => {
    let isSaid = false;
    return (error: Error) => {
      if (!isSaid) note(`${plain(error.message)}. Trying again.`);
      isSaid = true;
    };
  };
  const token = env.EXTRACTION_MONITOR_TOKEN || undefined;
  return {
    surroundings,
    screen: createScreen(stdout, env),
    address,
    api(options, patience) {
      const { retrySeconds, deadline, onTrouble } = patience ?? {
        retrySeconds: RETRY_SECONDS,
        deadline: Number.POSITIVE_INFINITY,
        onTrouble: sayOnce(),
      };
      const retryMs = (options['retry-seconds'] ?? retrySeconds) * 1000;
      return connect(address(options), token, {
        // One try that fails when the time is up tells nothing of the job.
        retryMs: () => Math.min(retryMs, Math.max(deadline - now(), LAST_TRIES)),
        signal,
        onTrouble,
      });
    },
    send: (options) => createSend(address(options), token),
    note,
    endWith(code) {
      exitCode = code;
    },
    exitCode: () => exitCode,
  };
}
