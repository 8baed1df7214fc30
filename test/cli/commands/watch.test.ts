import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moved } from '../../functions/api/support/jobs.ts';
import { cli, type HttpApi, type Outcome, startHttpApi } from '../support/cli.ts';
import { Pipe, Terminal } from '../support/terminal.ts';

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const EVERY_SECOND = ['--every-seconds', '1'];

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

/** Resolves once a stream has been written this. */
async function written(stream: Pipe, text: string): Promise<void> {
  const write = stream._write.bind(stream);
  const more = new EventTarget();
  stream._write = (...args) => {
    write(...args);
    more.dispatchEvent(new Event('more'));
  };
  while (!stream.text.includes(text)) await once(more, 'more');
}

describe('watch, into a pipe', () => {
  it('prints a line for each change until the job has ended, and asks by entity tag', async () => {
    const jobId = await http.put();
    const stdout = new Pipe();
    const args = ['watch', jobId, '--utc', '--url', http.url, ...EVERY_SECOND];
    const outcome = cli(args, { stdout });
    await written(stdout, 'Registered');
    await expect.poll(() => http.answers, { timeout: 5_000 }).toContain('GET 304');
    await http.move(jobId, 'Running');
    await written(stdout, 'Running');
    await http.move(jobId, 'Succeeded');
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
    expect(stdout.lines).toEqual([
      jobId,
      expect.stringMatching(/^2026-02-10 12:00:00Z +\+0:00 {2}Registered$/),
      expect.stringMatching(/^2026-02-10 12:00:05Z +\+0:05 {2}Running +because of Running$/),
      expect.stringMatching(/\+0:05 {2}Succeeded +because of Succeeded$/),
      'Ended after 0:05.',
    ]);
  });

  it('says so when the run had ended when it was first seen', async () => {
    const { stdout } = await http.run('watch', await http.put('Succeeded'));
    expect(stdout.split('\n').at(-2)).toBe(
      'Ended before 2026-02-10 12:00:05Z (it had ended when first seen).',
    );
  });

  it('asks once in a month, if need be', async () => {
    const jobId = await http.put('Running');
    const [stdout, stopped] = [new Pipe(), new AbortController()];
    const args = ['watch', jobId, '--url', http.url, '--every-seconds', '3000000'];
    const outcome = cli(args, { stdout, signal: stopped.signal });
    await written(stdout, 'Running');
    const asked = http.answers.length;
    await setTimeout(300);
    expect(http.answers.length).toBe(asked);
    stopped.abort('SIGINT');
    await outcome;
  });

  it('notes once that the run is missing', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 404);
    const [stdout, stderr] = [new Pipe(), new Pipe()];
    const args = ['watch', jobId, '--utc', '--url', http.url, ...EVERY_SECOND];
    const outcome = cli(args, { stdout, stderr });
    await written(stderr, 'upstream');
    await http.miss(jobId, 404);
    await http.move(jobId, 'Succeeded');
    await outcome;
    expect(stderr.lines).toEqual(['upstream answers 404 since 2026-02-10 12:00:00Z']);
  });

  it.each([
    { states: ['Succeeded'], code: 0 },
    { states: ['PartiallySucceeded'], code: 1 },
    { states: ['Failed'], code: 1 },
    { states: ['NotFound'], code: 6 },
    { states: ['AccessDenied'], code: 6 },
    { states: ['TimedOut'], code: 7 },
    { states: ['Cancelled'], code: 8 },
  ])('ends with $code when the job ended as $states', async ({ states, code }) => {
    const jobId = await http.put(...states);
    expect((await http.run('watch', jobId)).code).toBe(code);
  });

  it('takes success with issues for none, unless told otherwise', async () => {
    const jobId = await http.put();
    const job = await http.api.ports.jobs.get(jobId);
    if (!job) throw new Error('The job is not on record.');
    const at = http.api.clock.now;
    const ended = { state: 'Succeeded', containsIssues: true, endedAt: at, version: 2 };
    await http.api.ports.jobs.update(job, { ...job, ...ended });
    const strict = await http.run('watch', jobId);
    expect(strict).toMatchObject({ code: 5, stdout: expect.stringContaining('contain issues') });
    expect((await http.run('watch', jobId, '--allow-issues')).code).toBe(0);
  });

  it('gives the job in JSON, on one line, each time it has changed', async () => {
    const jobId = await http.put();
    const stdout = new Pipe();
    const args = ['watch', jobId, '--url', http.url, ...EVERY_SECOND, '--json'];
    const outcome = cli(args, { stdout });
    await written(stdout, '"Registered"');
    await http.move(jobId, 'Failed');
    expect((await outcome).code).toBe(1);
    const states = stdout.lines.map((line) => JSON.parse(line).state);
    expect(states).toEqual(['Registered', 'Failed']);
  });

  it('waits for the logs of a failure, and shows the first of their messages', async () => {
    const jobId = await http.put('Running');
    const { jobs } = http.api.ports;
    const running = await jobs.get(jobId);
    if (!running) throw new Error('The job is not on record.');
    const failed = moved(running, 'Failed', http.api.clock.now + 5_000);
    await jobs.update(running, failed);
    const stdout = new Pipe();
    const args = ['watch', jobId, '--url', http.url, ...EVERY_SECOND];
    const outcome = cli(args, { stdout });
    await written(stdout, 'because of Failed');
    const message = (n: number) => ({ level: 'Error', category: 'Mapping', message: `No ${n}.` });
    const logs = {
      kind: 'Digest',
      entries: 4,
      isPartial: false,
      counts: [],
      messages: [1, 2, 3, 4].map(message),
    } as const;
    await jobs.update(failed, { ...failed, logs, version: failed.version + 1 });
    expect((await outcome).code).toBe(1);
    expect(stdout.text).toContain('Error Mapping: No 1.');
    expect(stdout.text).toContain('No 3.');
    expect(stdout.text).not.toContain('No 4.');
  });

  it('waits for as long as it is told, and says that the job goes on', async () => {
    const jobId = await http.put('Running');
    const before = http.answers.length;
    const { code, stderr } = await http.run('watch', jobId, '--max-wait', '1s', ...EVERY_SECOND);
    expect(code).toBe(9);
    // At once, after a second, and at the end of the time perhaps.
    expect(http.answers.length - before).toBeLessThanOrEqual(3);
    expect(stderr).toBe(`Still Running: job ${jobId} stays under watch.\n`);
  });

  it('takes a pasted status link', async () => {
    const jobId = await http.put('Succeeded');
    const link = `https://api.bentley.com/insights/reporting/datasources/extraction/status/${jobId}`;
    expect((await http.run('watch', link)).code).toBe(0);
  });

  it.each([
    { states: ['Succeeded', 'Succeeded'], code: 0 },
    { states: ['Cancelled', 'Failed', 'Succeeded'], code: 1 },
    { states: ['NotFound', 'TimedOut'], code: 7 },
    { states: ['Cancelled', 'Running'], code: 8 },
    { states: ['Succeeded', 'Running'], code: 9 },
  ])('follows several jobs, and ends with $code for $states', async ({ states, code }) => {
    const jobIds = await Promise.all(states.map((state) => http.put(state)));
    const outcome = await http.run('watch', ...jobIds, '--max-wait', '1s', ...EVERY_SECOND);
    expect(outcome.code).toBe(code);
    for (const [i, jobId] of jobIds.entries()) {
      expect(outcome.stdout).toMatch(new RegExp(`^${jobId}: 2026-.* ${states[i]}`, 'm'));
    }
  });

  it('prints each change of several jobs once', async () => {
    const [jobId, other] = [await http.put('Running'), await http.put('Running')];
    const stdout = new Pipe();
    const args = ['watch', jobId, other, '--utc', '--url', http.url, ...EVERY_SECOND];
    const outcome = cli(args, { stdout });
    for (const each of [jobId, other]) await written(stdout, `${each}: `);
    for (const each of [jobId, other]) await http.move(each, 'Succeeded');
    expect((await outcome).code).toBe(0);
    const told = stdout.lines.filter((line) => line.startsWith(jobId));
    expect(told).toEqual([
      expect.stringContaining('Registered'),
      expect.stringContaining('Running'),
      expect.stringContaining('Succeeded'),
      `${jobId}: Ended after 0:05.`,
    ]);
  });

  it('says that there is no such job', async () => {
    expect(await http.run('watch', '00000000-0000-4000-8000-000000000000')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('is on record'),
    });
  });
});

describe('watch, at a terminal', () => {
  it('shows what goes on while it waits, and leaves the terminal as it was', async () => {
    const jobId = await http.put('Running');
    const stdout = new Terminal({ columns: 60 });
    const outcome = cli(['watch', jobId, '--url', http.url, ...EVERY_SECOND], { stdout });
    await written(stdout, HIDE);
    await http.move(jobId, 'Succeeded');
    expect((await outcome).code).toBe(0);
    expect(stdout.text.lastIndexOf(SHOW)).toBeGreaterThan(stdout.text.lastIndexOf(HIDE));
    // What goes on makes way for the change.
    expect(stdout.text).toMatch(/ Running [\d:]+\S*\[0K\S*\[\?25h2026-\S+ \S+ +\S+ {2}Succeeded\n/);
    expect(stdout.text.endsWith('Ended after 0:05.\n')).toBe(true);
  });

  it('shows beside the state that the run is missing', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 404);
    const stdout = new Terminal({ columns: 100 });
    const outcome = cli(['watch', jobId, '--url', http.url, ...EVERY_SECOND], { stdout });
    await written(stdout, 'Running; upstream answers 404 since 2026-02-10');
    await http.move(jobId, 'Succeeded');
    expect((await outcome).code).toBe(0);
  });

  it.each([
    { wish: 'in colours', hasColors: true },
    { wish: 'without colours', hasColors: false },
  ])('shows states $wish where the terminal says so', async ({ hasColors }) => {
    const stdout = new Terminal({ hasColors });
    await cli(['watch', await http.put('Succeeded'), '--url', http.url], { stdout });
    expect(stdout.text.includes('\u001b[32mSucceeded')).toBe(hasColors);
  });

  it.each([
    { what: 'has no width', columns: 0, env: {} },
    { what: 'cannot move its cursor', columns: 80, env: { TERM: 'dumb' } },
  ])('takes a terminal that $what for a pipe', async ({ columns, env }) => {
    const stdout = new Terminal({ columns });
    await cli(['watch', await http.put('Succeeded'), '--url', http.url], { stdout, env });
    expect(stdout.text).not.toContain(HIDE);
  });

  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ])('shows the cursor again and ends with $code at $signal', async ({ signal, code }) => {
    const jobId = await http.put('Running');
    const interrupt = new AbortController();
    const stdout = new Terminal();
    const where = { stdout, signal: interrupt.signal };
    const outcome = cli(['watch', jobId, '--url', http.url], where);
    await written(stdout, HIDE);
    interrupt.abort(signal);
    expect(await outcome).toMatchObject({ code, stderr: '' });
    // The spinner's line is emptied, the cursor at its start and visible.
    expect(stdout.text.endsWith(`\u001b[1G\u001b[0K${SHOW}`)).toBe(true);
  });
});

describe('watch, when the network fails midway', () => {
  async function cutOff(
    stdout: Pipe,
    seen: string,
    ...args: readonly string[]
  ): Promise<{ jobId: string; stderr: Pipe; outcome: Promise<Outcome> }> {
    const jobId = await http.put('Running');
    const stderr = new Pipe();
    const all = ['watch', jobId, '--url', http.url, ...EVERY_SECOND, ...args];
    const outcome = cli(all, { stdout, stderr });
    await written(stdout, seen);
    await http.goAway();
    return { jobId, stderr, outcome };
  }

  it('tries again, and goes on when the API is back', async () => {
    const { jobId, stderr, outcome } = await cutOff(new Pipe(), 'Running');
    await written(stderr, 'trying again');
    await http.comeBack();
    await http.move(jobId, 'Succeeded');
    expect((await outcome).code).toBe(0);
    expect(stderr.lines).toHaveLength(1);
  });

  it('tells of it below the timeline at a terminal', async () => {
    const stdout = new Terminal();
    const { jobId, outcome } = await cutOff(stdout, HIDE);
    await written(stdout, 'trying again');
    await http.comeBack();
    await http.move(jobId, 'Succeeded');
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('gives up when the time is up', async () => {
    const args = ['--max-wait', '2s', '--retry-seconds', '60'];
    const { outcome } = await cutOff(new Pipe(), 'Running', ...args);
    const { code, stderr } = await outcome;
    await http.comeBack();
    expect(code).toBe(3);
    expect(stderr).toMatch(/Given up after [12] s\.$/m);
  });

  it('gives up in the end, and says why in a sentence', async () => {
    const { outcome } = await cutOff(new Pipe(), 'Running', '--retry-seconds', '1');
    const { code, stderr } = await outcome;
    await http.comeBack();
    expect(code).toBe(3);
    expect(stderr.split('\n').at(-2)).toMatch(
      /^No answer from http:\/\/127\.0\.0\.1:\d+: .+\. Given up after 1 s\.$/,
    );
  });
});
