import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALERT_STATES } from '../../functions/core/alerts/filters.ts';
import manifest from '../../package.json' with { type: 'json' };
import { cli } from './support/cli.ts';
import { serve } from './support/serve.ts';
import { Terminal } from './support/terminal.ts';

/** What a terminal shows of the help of a command, or of all. */
async function helpOf(...command: readonly string[]): Promise<string> {
  const stdout = new Terminal({ columns: 80 });
  expect((await cli([...command, '--help'], { stdout })).code).toBe(0);
  return stdout.text;
}

describe('the command line', () => {
  it('teaches: help of every command has an example, and no line is wider than the terminal', async () => {
    const overview = await helpOf();
    const commands = overview.match(/(?<=^ {2}extraction-monitor )[a-z-]+/gm) ?? [];
    expect(commands).toEqual(
      expect.arrayContaining(['register', 'list', 'show', 'cancel', 'subscribe', 'watch-imodel']),
    );
    const others = [...new Set(commands)].filter((name) => name !== 'completion');
    const texts = [overview];
    for (const command of others) texts.push(await helpOf(command));
    for (const text of texts) {
      expect(text).toContain('Examples:');
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    // Written anew with -u; what it changed is to be read.
    await expect(texts.join('\n')).toMatchFileSnapshot('help.txt');
  });

  it.each([
    { args: [], says: 'Which command?' },
    { args: ['lst'], says: 'Did you mean list?' },
    { args: ['show'], says: '"show" needs a job' },
    { args: ['register'], says: '"extraction-monitor register --help" tells' },
    { args: ['watch-imodel'], says: 'needs the id of an iModel' },
    { args: ['subscribe', 'email'], says: 'and an address or a number' },
    { args: ['list', '--stat', 'Failed'], says: 'Unknown argument: stat' },
    { args: ['list', '--limit', 'many'], says: '--limit is a whole number' },
    { args: ['list', '--limit', '0'], says: '--limit is a whole number, 1 or more' },
    { args: ['list', '--since', 'May'], says: '--since is a time' },
    { args: ['list', '--since', '2026-02-30'], says: '--since is a time' },
    { args: ['list', '--since', '2026-02-01T25:00'], says: '--since is a time' },
    { args: ['list', '--before', '12 hours'], says: '--before is a time' },
    { args: ['list', '--state', 'Faild'], says: 'no state "Faild". Choices: Registered, Queued' },
    { args: ['list', '--state='], says: '--state is one of Registered, Queued' },
    { args: ['list', '--state'], says: '--state is one of Registered, Queued' },
    { args: ['show', ''], says: '"" is no job id' },
    { args: ['watch', ''], says: '"" is no job id' },
    { args: ['cancel', 'run 7'], says: '"run 7" is no job id' },
    { args: ['watch', 'x', '--max-wait', 'long'], says: '--max-wait is a length of time' },
    { args: ['change', 'x'], says: 'Change what?' },
    ...['soon', '3 h', 'x3', '1e3', '-1'].map((time) => ({
      args: ['register', 'x', `--remind-after-minutes=${time}`],
      says: '--remind-after-minutes is a whole number, or "never".',
    })),
    { args: ['subscribe', 'fax', '12'], says: 'Choices: "email", "sms"' },
    {
      args: ['subscribe', 'email', 'team@example.com', '--state', 'Failled'],
      says: `Choices: "${ALERT_STATES.join('", "')}"`,
    },
    { args: ['list', '--url', 'example.com'], says: 'is not the URL of an API' },
    { args: ['list', '--url', 'http://example.com'], says: 'https://' },
  ])('ends with 2 and says what is wrong with $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('completes commands, options and values', async () => {
    const complete = async (...words: readonly string[]) =>
      (await cli(['--get-yargs-completions', 'extraction-monitor', ...words])).stdout.split('\n');
    expect(await complete('')).toEqual(expect.arrayContaining(['watch', 'subscribe']));
    expect(await complete('watch', '--')).toContain('--allow-issues');
    expect(await complete('list', '--state-group', '')).toEqual(['pending', 'ended', '']);
    expect((await cli(['completion'])).stdout).toContain('--get-yargs-completions');
  });

  it('tells its version', async () => {
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  it('helps at -h, too, and never wider than 80 columns', async () => {
    const stdout = new Terminal({ columns: 200 });
    expect((await cli(['list', '-h'], { stdout })).code).toBe(0);
    for (const line of stdout.lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('takes the URL from the environment', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"jobs":[],"cursor":null}');
    });
    const env = { EXTRACTION_MONITOR_URL: url };
    expect(await cli(['list', '--json'], { env })).toMatchObject({ code: 0, stdout: '[]\n' });
  });

  it('lets no text from the server command the terminal', async () => {
    const job = {
      jobId: randomUUID(),
      label: 'Tower\u001b]0;owned\u0007 \u001b[31mB\u009b2J\u202e',
      state: 'Run\u001b[2Jning',
      kind: 'reporting-extraction',
      registeredAt: '2026-02-10T12:00:00.000Z',
    };
    const url = await serve((_request, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ jobs: [job], cursor: null }));
    });
    const stdout = new Terminal();
    await cli(['list', '--url', url], { stdout });
    expect(stdout.lines[0]).toMatch(/^Running .* Tower B/);
    const { stdout: json } = await cli(['list', '--url', url, '--json']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
    expect(`${stdout.lines[0]}${json}`).not.toMatch(obeyed);
    expect(JSON.parse(json)).toEqual([job]);
  });

  it('lets none of the fields of a job, of an error, or of the arguments command the terminal', async () => {
    const bad = 'x\u001b[2J\u001b]0;owned\u0007\u009b2J\u202e\u2066\u200fy';
    const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
    const nested = {
      at: bad,
      to: bad,
      from: bad,
      reason: bad,
      status: bad,
      sentAt: bad,
      message: bad,
    };
    const logs = {
      kind: 'Digest',
      entries: bad,
      isPartial: true,
      messages: [{ level: bad, category: bad, message: bad }],
    };
    const fields =
      'jobId label state reason registeredAt registeredBy cancelledBy timeoutAt remindAt lastCheckedAt endedAt';
    const job = {
      ...Object.fromEntries(fields.split(' ').map((name) => [name, bad])),
      alert: nested,
      lastError: nested,
      failedChecks: bad,
      containsIssues: true,
      transitions: [nested],
      transitionsDropped: 1,
      logs,
      kind: bad,
      iModelId: bad,
      iModelName: bad,
      startedAt: null,
      usualLength: null,
      probablyUntil: null,
      unusual: null,
    };
    let status = 200;
    const url = await serve((_request, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            status === 200
              ? job
              : { title: bad, detail: bad, errors: [{ pointer: bad, detail: bad }] },
          ),
        );
    });
    const shown = [await cli(['show', 'x', '--url', url]), await cli(['watch', 'x', '--url', url])];
    status = 422;
    shown.push(await cli(['show', 'x', '--url', url]));
    shown.push(
      await cli(['show', 'x', '--url', bad]),
      await cli([bad]),
      await cli(['list', `--${bad}`, '1']),
    );
    for (const { stdout, stderr } of shown) expect(`${stdout}${stderr}`).not.toMatch(obeyed);
    expect(shown.map(({ code }) => code)).toEqual([0, 1, 4, 2, 2, 2]);
  });

  it('ends with 3 when there is no answer, and tells the newcomer of the local run', async () => {
    const url = await serve((request) => void request.socket.destroy());
    const { code, stderr } = await cli(['list', '--url', url, '--retry-seconds', '0']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^No answer from http:\/\/127\.0\.0\.1:\d+: .+\n$/);
  });

  it('tries again when there was no answer, or one that says to', async () => {
    let count = 0;
    const url = await serve((request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else if (count === 2) response.writeHead(503).end();
      else response.setHeader('content-type', 'application/json').end('{"jobs":[],"cursor":null}');
    });
    const { code, stderr } = await cli(['list', '--url', url]);
    expect({ code, count }).toEqual({ code: 0, count: 3 });
    expect(stderr.match(/Trying again/g)).toHaveLength(1);
  });

  it.each([
    { what: 'a web site', headers: { 'content-type': 'text/html' }, status: 200 },
    { what: 'a redirect, which it does not follow', headers: { location: '/login' }, status: 302 },
  ])('ends with 4 at $what', async ({ headers, status }) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, headers).end('<html>');
    });
    const { code, stderr } = await cli(['list', '--url', url]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/URL/);
  });

  it.each([
    { status: 401, said: 'No token', hint: 'The token in EXTRACTION_MONITOR_TOKEN is missing' },
    { status: 403, said: 'Not you', hint: 'This identity may not call the API' },
  ])('says what to do where API Gateway answers $status', async ({ status, said, hint }) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: said }));
    });
    const { code, stderr } = await cli(['list', '--url', url]);
    expect(code).toBe(4);
    expect(stderr).toContain(`The API answers ${status} ${said}. ${hint}`);
  });

  it.each([{ body: '{"jobs": [\u001b[2J' }, { body: 'null' }, { body: '[]' }, { body: '' }])(
    'ends with 4 at $body, which is no JSON of the API',
    async ({ body }) => {
      const url = await serve((_request, response) => {
        response.setHeader('content-type', 'application/json').end(body);
      });
      const { code, stdout, stderr } = await cli(['watch', 'x', '--url', url]);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(/^http:.* does not answer in JSON: is it the URL of the API\?\n$/);
    },
  );

  it('ends with 4 at a problem of another API', async () => {
    const url = await serve((_request, response) => {
      const problem = { title: 'Invalid', status: 400, errors: { jobId: ['is too long'] } };
      response.writeHead(400, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    });
    const { code, stderr } = await cli(['list', '--url', url]);
    expect(code).toBe(4);
    expect(stderr).toBe('The API answers 400 Bad Request. Is the URL that of the API?\n');
  });

  it('ends with 11 at an answer of another API, which is no run that failed', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
    });
    for (const args of [['watch', 'x'], ['list'], ['health'], ['statistics']]) {
      const { code, stdout, stderr } = await cli([...args, '--url', url]);
      expect({ args, code, stdout }).toEqual({ args, code: 11, stdout: '' });
      expect(stderr).toContain('Error');
    }
  });

  it.each([
    ...['watch x', 'show x', 'register x', 'change x --label y', 'cancel x', 'list', 'statistics'],
    ...['imodels', 'watch-imodel x', 'subscriptions', 'subscribe email a@b.cc', 'test-alert'],
    ...[`unsubscribe ${'a'.repeat(32)}`, 'health'],
  ])('passes none on as JSON: %s', async (command) => {
    const url = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
    });
    const { code, stdout, stderr } = await cli([...command.split(' '), '--json', '--url', url]);
    expect({ code, stdout }).toEqual({ code: 11, stdout: '' });
    expect(stderr).toContain('Is the URL that of the API?');
  });

  it.each(['0', '1'])(
    'ends with 11 at a list that begins anew with each page (%s job)',
    async (count) => {
      const url = await serve((_request, response) => {
        const jobs = Array.from({ length: Number(count) }, () => ({ jobId: 'x' }));
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jobs, cursor: 'MjAyNi0wMg' }));
      });
      const signal = AbortSignal.timeout(5_000);
      const { code, stderr } = await cli(['list', '--json', '--url', url], { signal });
      expect(code).toBe(11);
      expect(stderr).toContain('The list goes in circles');
    },
  );

  it('says of no such answer that an iModel is watched no more', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
    });
    const { code, stdout } = await cli(['unwatch-imodel', 'x', '--url', url]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  it('takes an answer that is only a text for that of something else', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end('"message"');
    });
    const { code, stderr } = await cli(['list', '--url', url]);
    expect(code).toBe(4);
    expect(stderr).toBe('The API answers 400 Bad Request. Is the URL that of the API?\n');
  });
});
