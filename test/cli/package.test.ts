import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpApi, startHttpApi } from './support/cli.ts';

/** The Node of whoever runs the tests, which may be older than the one that the project brings: 20 in CI. */
const NODE_DIR = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((dir) => !dir.includes('node_modules'))
  .find((dir) => existsSync(join(dir, 'node')));

/** Has a program tell, as it ends, for how long (ms) it kept a processor busy. */
const TELL_CPU = `data:text/javascript,process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write('CPU ' + Math.round((user + system) / 1000) + '\\n');
})`;

let folder: string;
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };
let http: HttpApi;

const env = { ...process.env, PATH: [NODE_DIR, process.env.PATH].join(delimiter) };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extraction-monitor-'));
  const { stdout } = await promisify(execFile)('npm', [
    'pack',
    '--json',
    '--pack-destination',
    folder,
  ]);
  [packed] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  http = await startHttpApi();
});
afterAll(async () => {
  await http.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the packed command line as somebody would who has nothing but the package. */
function npx(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const all = ['--yes', `./${packed.filename}`, ...args];
  return new Promise((resolve) => {
    execFile('npx', all, { cwd: folder, env: { ...env, ...more } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('the package', () => {
  it('holds the command line in one file, the client, the document, and nothing to develop with', () => {
    const own = packed.files
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('node_modules/'));
    expect(own.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'cli/extraction-monitor.mjs',
      'client/index.d.ts',
      'client/index.js',
      'client/schema.d.ts',
      'dist/cli.mjs',
      'docs/openapi.json',
      'package.json',
    ]);
    const bundled = packed.files
      .map(({ path }) => path.split('/'))
      .filter(([top]) => top === 'node_modules');
    expect(new Set(bundled.map(([, name]) => name))).toEqual(
      new Set(['openapi-fetch', 'openapi-typescript-helpers']),
    );
  });

  it('helps, with less work than npx makes of starting it', async () => {
    const { code, stdout, stderr } = await npx(['--help'], {
      NODE_OPTIONS: `--import="${TELL_CPU}"`,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('extraction-monitor watch <jobs..>');
    const told = [...stderr.matchAll(/CPU (\d+)/g)].map(([, ms]) => Number(ms));
    // What a program starts ends before it.
    const [own = Number.NaN, ofNpx] = [told[0], told.at(-1)];
    console.log(`CPU of help: ${own} ms, of npx: ${ofNpx} ms, on ${NODE_DIR}`);
    expect(own).toBeLessThan(ofNpx ?? Number.NaN);
  });

  it('lists and watches', async () => {
    const jobId = await http.put('Running', 'Failed');
    const listed = await npx(['list', '--state', 'Failed', '--url', http.url]);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(jobId) });
    const watched = await npx(['watch', jobId, '--url', http.url]);
    expect(watched).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('because of Failed'),
    });
  });

  it('finds out for itself that there is nothing to sign with', async () => {
    const url = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
    const nowhere = { HOME: folder, AWS_PROFILE: '', AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stderr } = await npx(['list', '--url', url, '--retry-seconds', '0'], nowhere);
    expect(code).toBe(2);
    expect(stderr).toContain('No AWS credentials to sign with');
  });
});
