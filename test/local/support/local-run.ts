import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { checkedFetch } from '../../functions/api/support/contract.ts';

const START = fileURLToPath(new URL('../../../local/start.mjs', import.meta.url));

/** What it gets of our environment; no setting of the tester's own. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const INHERITED = { PATH, NODE_COMPILE_CACHE };

/** The local run as a person starts it: a process of its own, spoken to over HTTP and signals. */
export interface LocalProcess {
  /** Where its API answers. */
  readonly url: string;
  readonly pid: number;
  /** All that it has printed so far, without colours. */
  output(): string;
  /** Resolves once it has printed this. */
  prints(text: string | RegExp): Promise<void>;
  /** As `get` does, it rejects when the OpenAPI document does not tell of the answer. */
  post(path: string, body: unknown): Promise<Response>;
  get<T>(path: string): Promise<T>;
  /** Sends a signal, as a terminal or npm does. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it and tells how: its exit code, or null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts a local run on a free port.
 *
 * @param later gets what kills it in the end; unless given, that is after the test
 */
export async function startLocalProcess(
  environment: Readonly<Record<string, string>>,
  later: (kill: () => void) => void = onTestFinished,
): Promise<LocalProcess> {
  const child = spawn(process.execPath, [START], {
    env: { ...INHERITED, PORT: '0', SWEEP_SECONDS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  later(() => void child.kill('SIGKILL'));
  const printed = collectOutput(child);
  await printed.includes(/Ctrl-C stops it/);
  const url = /API +(\S+)/.exec(printed.text())?.[1] ?? '';
  const ask = (path: string, init?: RequestInit) =>
    (path.startsWith('/local/') ? fetch : checkedFetch)(`${url}${path}`, init);
  return {
    url,
    pid: child.pid ?? 0,
    output: printed.text,
    prints: printed.includes,
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: async <T>(path: string) => (await (await ask(path)).json()) as T,
    signal: (signal) => void child.kill(signal),
    end: (signal) => end(child, signal),
  };
}

/**
 * One local run for all tests of a file, or of a `describe`: a start costs more than most of what is asked of it.
 *
 * @returns what gives it, once the tests run
 */
export function sharedLocalProcess(
  settings: () => Readonly<Record<string, string>>,
): () => LocalProcess {
  let run: LocalProcess;
  let kill = () => {};
  beforeAll(async () => {
    run = await startLocalProcess(settings(), (end) => {
      kill = end;
    });
  });
  afterAll(() => kill());
  return () => run;
}

/** Runs a local run that is expected to give up by itself, and returns what it says and its exit code. */
export async function runToEnd(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [START], {
    env: { ...INHERITED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = collectOutput(child);
  const [code] = await once(child, 'close');
  return { code, output: printed.text() };
}

function collectOutput(child: ChildProcess) {
  let output = '';
  let onMore = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      onMore();
    });
  }
  return {
    text: () => output,
    includes: (text: string | RegExp) =>
      new Promise<void>((resolve, reject) => {
        const isThere = () =>
          typeof text === 'string' ? output.includes(text) : text.test(output);
        onMore = () => {
          if (isThere()) resolve();
        };
        child.once('exit', () => reject(new Error(`It ended before printing ${text}:\n${output}`)));
        onMore();
      }),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = await closed;
  return code;
}
