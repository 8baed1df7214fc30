import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
import { Terminal } from '../support/terminal.ts';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

describe('register', () => {
  it('puts a run under watch with what was said about it', async () => {
    const jobId = randomUUID();
    const outcome = await http.run(
      ...['register', jobId, '--label', 'Tower B', '--timeout-minutes', '60'],
      ...['--remind-after-minutes', '30'],
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('Registered  Tower B\n');
    expect(await http.api.ports.jobs.get(jobId)).toMatchObject({
      label: 'Tower B',
      timeoutAt: http.api.clock.now + 60 * 60_000,
      remindAt: http.api.clock.now + 30 * 60_000,
    });
  });

  it('wants no reminder when told never', async () => {
    const jobId = randomUUID();
    const { code } = await http.run('register', jobId, '--remind-after-minutes', 'never');
    expect(code).toBe(0);
    expect((await http.api.ports.jobs.get(jobId))?.remindAt).toBeUndefined();
  });

  it('takes a status link, or an id and its kind, and lists the kind where it is not the default', async () => {
    const [jobId, other] = [randomUUID(), randomUUID()];
    const path = '/grouping-and-mapping/datasources/imodel-mappings/extractions';
    const kind = 'grouping-and-mapping-extraction';
    const linked = await http.run('register', `https://api.bentley.com${path}/${jobId}`);
    expect(linked.stdout).toMatch(new RegExp(`^kind +${kind}$`, 'm'));
    expect((await http.run('register', other, '--kind', kind)).code).toBe(0);
    const { stdout } = await http.run('list', '--kind', kind);
    const columns = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(2));
    expect(columns).toEqual(
      expect.arrayContaining([
        [jobId, '', '', kind],
        [other, '', '', kind],
      ]),
    );
    expect((await http.run('list', '--kind', 'carbon')).code).toBe(2);
    expect((await http.run('register', jobId)).stderr).toContain(`on record as ${kind}`);
  });

  it('says all that the API finds wrong', async () => {
    const { code, stderr } = await http.run('register', 'run-7', '--timeout-minutes', '1');
    expect(code).toBe(4);
    expect(stderr).toContain('/jobId must be the id of a job');
    expect(stderr).toContain('/timeoutMinutes ');
  });
});

describe('show', () => {
  it('tells where a job stands, and how it came there', async () => {
    const jobId = await http.put('Running', 'Failed');
    const { code, stdout } = await http.run('show', jobId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Failed {2}.*\nbecause of Failed\n/);
    expect(stdout).toMatch(/\+0:00 {2}Registered\n.*\+0:05 {2}Running .*because of Running\n/);
  });

  it('tells before when a run ended that had ended when it was first seen', async () => {
    const [ended, seenBefore] = [await http.put('Failed'), await http.put('Running', 'Failed')];
    expect((await http.run('show', ended)).stdout).toMatch(
      /^ended +before \d\S+Z \(it had ended when first seen\)$/m,
    );
    expect((await http.run('show', seenBefore)).stdout).toMatch(/^ended +\d\S+Z$/m);
  });

  it('tells what upstream answers for a run that is missing, and since when', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 404);
    const since = new Date(http.api.clock.now).toISOString();
    const { stdout } = await http.run('show', jobId);
    expect(stdout).toMatch(new RegExp(`^missing +upstream answers 404 since ${since}$`, 'm'));
  });

  it('gives the job as the API does, in JSON', async () => {
    const jobId = await http.put();
    const { stdout } = await http.run('show', jobId, '--json');
    const { body } = await http.api.request('GET', `/jobs/${jobId}`);
    expect(JSON.parse(stdout)).toEqual(body);
  });

  it('says that a job is not on record', async () => {
    const jobId = randomUUID();
    expect(await http.run('show', jobId)).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining(`No job ${jobId} is on record`),
    });
  });
});

describe('cancel', () => {
  it('stops the watch', async () => {
    const jobId = await http.put();
    const { code, stdout } = await http.run('cancel', jobId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Cancelled/);
    expect((await http.api.ports.jobs.get(jobId))?.state).toBe('Cancelled');
  });
});

describe('list', () => {
  beforeEach(() => {
    http.api.clock.now += 3_600_000;
  });
  const since = () => ['--registered-from', new Date(http.api.clock.now).toISOString()];

  it('gives a pipe one line a job, with tabs', async () => {
    const jobId = await http.put('Running');
    const { stdout, stderr } = await http.run('list', ...since());
    const registeredAt = new Date(http.api.clock.now).toISOString();
    expect({ stdout, stderr }).toEqual({
      stdout: `Running\t${registeredAt}\t${jobId}\t\n`,
      stderr: '',
    });
  });

  it('marks a run that is missing by the answer, in a column of its own into a pipe', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 403);
    const piped = await http.run('list', ...since());
    expect(piped.stdout).toMatch(new RegExp(`^Running\\t\\S+\\t${jobId}\\t\\t403\\n$`));
    const stdout = new Terminal({ columns: 80 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines).toEqual([expect.stringMatching(/^Running {5} \(403\) {2}\d{4}-/)]);
  });

  it('filters, and follows cursors over pages that have none of the jobs', async () => {
    const from = since();
    const failed = [await http.put('Failed'), await http.put('Failed')];
    http.api.clock.now += 1_000;
    for (let i = 0; i < 11; i++) await http.put('Running');
    const { stdout } = await http.run('list', ...from, '--state', 'Failed', '--limit', '2');
    expect(stdout.match(/(?<=Z\t)\S+/g)?.toSorted()).toEqual(failed.toSorted());
  });

  it('says when there are more jobs than it lists', async () => {
    for (let i = 0; i < 3; i++) await http.put();
    const { stdout, stderr } = await http.run('list', ...since(), '--limit', '2', '--json');
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect(stderr).toContain('--limit');
  });

  it('gives a wide terminal one line a job', async () => {
    const jobId = await http.put('Running');
    const stdout = new Terminal({ columns: 80 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines).toEqual([expect.stringMatching(new RegExp(`^Running .* ${jobId}$`))]);
  });

  it('gives a narrow terminal two lines a job', async () => {
    const jobId = await http.put('Running');
    const stdout = new Terminal({ columns: 60 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines).toEqual([
      expect.stringMatching(/^Running {13}\d{4}-\S+ \S+$/),
      `  ${jobId}`,
    ]);
    for (const line of stdout.lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});

const I_MODEL = 'b0d3f8e1-0000-4000-8000-000000000001';

describe('subscribe', () => {
  it('subscribes an address with a filter', async () => {
    const { code, stdout } = await http.run(
      ...['subscribe', 'email', 'team@example.com', '--state', 'Failed', '--state', 'TimedOut'],
      ...['--label-prefix', 'Tower', '--kind', 'reporting-extraction', '--only-with-issues'],
      ...['--imodel', I_MODEL],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('once the link in the mail');
    const { body } = await http.api.request('GET', '/subscriptions');
    expect(body.subscriptions).toContainEqual(
      expect.objectContaining({
        endpoint: 'team@example.com',
        states: ['Failed', 'TimedOut'],
        onlyWithIssues: true,
        labelPrefix: 'Tower',
        jobKinds: ['reporting-extraction'],
        iModelIds: [I_MODEL],
      }),
    );
  });

  it('takes a number, which gets alerts at once', async () => {
    const { stdout } = await http.run('subscribe', 'sms', '+37060000000');
    expect(stdout).toMatch(/^\+37060000000 gets alerts\./);
  });
});
