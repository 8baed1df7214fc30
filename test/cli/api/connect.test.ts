import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cli } from '../support/cli.ts';
import { expectedSignature } from '../support/signature.ts';

const DEPLOYED = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a secret key' };
const LIST = ['list', '--state', 'Failed', '--label-prefix', "Tower B (it's new)", '--url'];

let sent: Request[];

beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(request);
    return Response.json({ jobs: [], cursor: null });
  });
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  for (const [name, value] of Object.entries(KEYS)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

function onlyRequest(): Request {
  expect(sent).toHaveLength(1);
  return sent[0] as Request;
}

describe('a deployed API', () => {
  it.each([
    { what: 'a question', args: LIST },
    {
      what: 'a registration',
      args: ['register', 'run-7', '--label', 'Tower Ž', '--json', '--url'],
    },
  ])('gets $what signed with the AWS credentials of the environment', async ({ args }) => {
    await cli([...args, DEPLOYED]);
    const request = onlyRequest();
    const authorization = request.headers.get('authorization') ?? '';
    expect(authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\//);
    expect(authorization).toContain(
      `Signature=${await expectedSignature(request, KEYS.AWS_SECRET_ACCESS_KEY)}`,
    );
    expect(request.redirect).toBe('manual');
  });

  it('takes the region from the settings when it has a domain of its own', async () => {
    vi.stubEnv('AWS_REGION', 'ap-southeast-2');
    await cli([...LIST, 'https://jobs.example.com']);
    expect(onlyRequest().headers.get('authorization')).toContain('/ap-southeast-2/execute-api/');
  });

  it('gets the token instead, where there is one', async () => {
    await cli([...LIST, DEPLOYED], { env: { EXTRACTION_MONITOR_TOKEN: 'a.b.c' } });
    expect(onlyRequest().headers.get('authorization')).toBe('Bearer a.b.c');
  });

  it('gets a token without the end of line that files have', async () => {
    await cli([...LIST, DEPLOYED], { env: { EXTRACTION_MONITOR_TOKEN: 'a.b.c\n' } });
    expect(onlyRequest().headers.get('authorization')).toBe('Bearer a.b.c');
  });

  it.each(['a.b\n.c', 'a.b\u2026', 'Bearer a.b.c', ' '])(
    'is not asked with %j, which is no token and is not shown',
    async (token) => {
      const { code, stderr } = await cli([...LIST, DEPLOYED], {
        env: { EXTRACTION_MONITOR_TOKEN: token },
      });
      expect(sent).toEqual([]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^EXTRACTION_MONITOR_TOKEN is no token: set it to the token alone/);
      expect(stderr).not.toContain('a.b');
    },
  );

  it('is not asked without credentials; the person hears how to get some', async () => {
    for (const name of Object.keys(KEYS)) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    const { code, stderr } = await cli([...LIST, DEPLOYED]);
    expect(sent).toEqual([]);
    expect(code).toBe(2);
    expect(stderr).toContain('EXTRACTION_MONITOR_TOKEN');
  });
});

it('the local run gets neither signature nor token', async () => {
  const env = { EXTRACTION_MONITOR_TOKEN: 'a.b.c' };
  expect((await cli([...LIST, 'http://127.0.0.1:3000'], { env })).code).toBe(0);
  expect(onlyRequest().headers.has('authorization')).toBe(false);
});
