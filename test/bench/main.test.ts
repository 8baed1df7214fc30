import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

/** A verdict that the clock of a busy machine has a part in. */
const EITHER = expect.stringMatching(/^(met|\*\*missed\*\*)$/);

it('a quick benchmark measures everything, and counts what the targets say', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--quick']);
  const rows = stdout.matchAll(/^\| (?<what>.*) \| .* \| (?<measured>.*) \| (?<verdict>.*) \|$/gm);
  const verdicts = [...rows].map(({ groups }) => [groups?.what, groups?.verdict]);
  expect(Object.fromEntries(verdicts)).toEqual({
    what: 'verdict',
    '---': '---',
    'DynamoDB writes per unchanged check': 'met',
    'DynamoDB read units per unchanged check, 100 pending': 'met',
    registration: 'met',
    'registration of a known job': 'met',
    'DynamoDB units in the life of a job, 5 checks, 5 pending': '',
    'client CPU per check, 100 ms upstream, 50 in flight': EITHER,
    'checks per second, 100 ms upstream, 50 in flight': '',
    'size of the api bundle': 'met',
    'cold init of the api bundle': EITHER,
    'size of the monitor bundle': 'met',
    'cold init of the monitor bundle': EITHER,
    "size of a bundle of undici's `request` alone": '',
    'api function, `POST /jobs`, above the time of DynamoDB': '',
    'api function, `GET /jobs/{jobId}`, above the time of DynamoDB': '',
  });
}, 180_000);
