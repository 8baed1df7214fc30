import { EXIT } from './errors.ts';
import { runCli } from './run.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(EXIT[signal]);
    interrupted.abort(signal);
  });
}
// Whoever reads our output may stop reading (`extraction-monitor list | head -1`), and disks are full.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  const why = code === 'EPIPE' ? 'nobody reads it any more' : message;
  process.stderr.write(`The output cannot be written: ${why}.\n`);
  process.exit(EXIT.unwritable);
});
// There is nobody left to tell.
process.stderr.on('error', () => process.exit(EXIT.unwritable));

// Through the proxy that Node may go through, nobody comes to a local run.
const { NO_PROXY, no_proxy: others = NO_PROXY } = process.env;
process.env.no_proxy = [...(others ? [others] : []), '127.0.0.1', 'localhost', '::1'].join();

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  signal: interrupted.signal,
});
