import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type HttpApi, startHttpApi } from './support/cli.ts';

const BIN = fileURLToPath(new URL(`../../${manifest.bin['extraction-monitor']}`, import.meta.url));

/** Lets Node take itself for Node 20. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: '20.19.0' } })`;

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const EMPTY_LINE = '\u001b[1G\u001b[0K';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

function run(...args: readonly string[]): Promise<{ code: unknown; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

describe('the program', () => {
  it('runs, and hands its exit code to the shell', async () => {
    const jobId = await http.put('Failed');
    const { code, stdout } = await run(BIN, 'watch', jobId, '--url', http.url);
    expect(code).toBe(1);
    expect(stdout).toContain('because of Failed');
  });

  it('asks this machine without the proxy that Node goes through', async () => {
    const proxied = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:2' };
    const args = [BIN, 'list', '--url', http.url, '--retry-seconds', '0'];
    await expect(promisify(execFile)(process.execPath, args, { env: proxied })).resolves.toEqual(
      expect.objectContaining({ stderr: '' }),
    );
  });

  it('ends, and waits for no other job, where one of several is not on record', async () => {
    const pending = await http.put('Running');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { code } = await run(BIN, 'watch', pending, unknown, '--url', http.url);
    expect(code).toBe(4);
  });

  it('runs where Node is older, and hands its exit code on', async () => {
    const jobId = await http.put('Failed');
    const { code, stdout } = await run(
      ...['--import', AS_NODE_20, BIN, 'watch', jobId, '--url', http.url],
    );
    expect(code).toBe(1);
    expect(stdout).toContain('because of Failed');
  });
});

describe.runIf(process.platform === 'linux')('output that cannot be written', () => {
  it.each([
    { what: 'a full disk', tail: '> /dev/full', says: /ENOSPC/ },
    { what: 'a pipe that nobody reads', tail: '| true', says: /nobody reads it any more/ },
  ])('ends in a sentence, and with 10: $what', async ({ tail, says }) => {
    for (let i = 0; i < 3; i++) await http.put('Running');
    const list = `"${process.execPath}" "${BIN}" list --json --url ${http.url} ${tail}`;
    const [shell, script] = ['bash', `${list}; echo "code \${PIPESTATUS[0]}" >&2`];
    const { stderr } = await promisify(execFile)(shell, ['-c', script]);
    expect(stderr).toMatch(/^The output cannot be written: .+\.$/m);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('code 10');
  });

  it('ends with 10, and in silence, when it is what would say what is wrong', async () => {
    const wrong = `"${process.execPath}" "${BIN}" list --limit many 2> /dev/full; echo "code $?"`;
    expect((await promisify(execFile)('bash', ['-c', wrong])).stdout).toBe('code 10\n');
  });
});

// util-linux: its "script" runs a command in a terminal of its own.
describe.runIf(process.platform === 'linux')('Ctrl-C at a terminal', () => {
  it.each([
    { node: 'this Node', args: '' },
    { node: 'an older Node', args: `--import "${AS_NODE_20}"` },
  ])('ends watch with 130 and leaves the terminal clean, with $node', async ({ args }) => {
    const jobId = await http.put('Running');
    const watch = `"${process.execPath}" ${args} "${BIN}" watch ${jobId} --url ${http.url}`;
    const command = `stty cols 80; ${watch}`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let screen = '';
    let isInterrupted = false;
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      screen += chunk;
      if (isInterrupted || !/ Running \d+:/.test(screen)) return;
      isInterrupted = true;
      child.stdin.write('\u0003');
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(screen).toContain(HIDE);
    // The line of the spinner is emptied, and then the cursor shown, and nothing else.
    expect(screen.split(EMPTY_LINE).at(-1)?.replaceAll(SHOW, '')).toBe('');
    expect(screen.endsWith(SHOW)).toBe(true);
  });
});
