import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { moved, registeredJob } from '../../functions/api/support/jobs.ts';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
import { serve } from '../support/serve.ts';
import { Pipe, Terminal } from '../support/terminal.ts';

const KIND = 'reporting-extraction';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

/** A time (ms since the epoch) as it is shown in UTC. */
function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

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

  it('tells nobody when it becomes unusually long, if nobody wants to know', async () => {
    const [jobId, other] = [randomUUID(), randomUUID()];
    await http.run('register', jobId, '--no-unusually-long');
    await http.run('register', other);
    expect(await http.api.ports.jobs.get(jobId)).toMatchObject({ unusuallyLong: false });
    expect(await http.api.ports.jobs.get(other)).not.toHaveProperty('unusuallyLong');
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
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t').slice(2));
    expect(columns).toEqual(
      expect.arrayContaining([
        [jobId, '', '', kind, ''],
        [other, '', '', kind, ''],
      ]),
    );
    expect((await http.run('list', '--kind', 'carbon')).code).toBe(2);
    expect((await http.run('register', jobId)).stderr).toContain(`on record as ${kind}`);
  });

  it('says all that the API finds wrong', async () => {
    const { code, stderr } = await http.run('register', 'run-7', '--timeout-minutes', '1');
    expect(code).toBe(2);
    expect(stderr).toContain('the job must be the id of a job');
    expect(stderr).toContain('--timeout-minutes ');
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
      /^ended +before \d\S+ \S+Z \(it had ended when first seen\)$/m,
    );
    expect((await http.run('show', seenBefore)).stdout).toMatch(/^ended +\d\S+ \S+Z$/m);
  });

  it('tells what upstream answers for a run that is missing, and since when', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 404);
    const since = utc(http.api.clock.now);
    const { stdout } = await http.run('show', jobId);
    expect(stdout).toMatch(new RegExp(`^missing +upstream answers 404 since ${since}$`, 'm'));
  });

  it.each([
    [0, 'Logs, 0 entries'],
    [1, 'Logs, 1 entry'],
    [2, 'Logs, 2 entries'],
  ])('tells of logs with %i entries', async (entries, line) => {
    const jobId = await http.put('Running', 'Failed');
    const job = await http.api.ports.jobs.get(jobId);
    if (!job) throw new Error('no such job');
    const logs = { kind: 'Digest', entries, isPartial: false, counts: [], messages: [] } as const;
    await http.api.ports.jobs.update(job, { ...job, logs, version: job.version + 1 });
    expect((await http.run('show', jobId)).stdout.split('\n')).toContain(line);
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

describe('what is usual', () => {
  const usual = { runs: 34, median: 720_000, p90: 1_200_000, shortBelow: 60_000 };
  const know = async (jobId: string, facts = {}) => {
    const job = await http.api.ports.jobs.get(jobId);
    if (!job) throw new Error('no such job');
    await http.api.ports.jobs.update(job, { ...job, usual, ...facts, version: job.version + 1 });
  };

  it('is shown of a pending job, with when it has probably ended', async () => {
    const jobId = await http.put('Running');
    const seenAt = (await http.api.ports.jobs.get(jobId))?.transitions[0]?.at ?? 0;
    await know(jobId);
    const { stdout } = await http.run('show', jobId);
    const until = utc(seenAt + 1_200_000);
    expect(stdout).toMatch(
      new RegExp(
        `^usually +12:00, 9 of 10 within 20:00 \\(of 34 runs\\); probably until ${until}$`,
        'm',
      ),
    );
  });

  it('is in a list, and what is unusual of a job', async () => {
    const [pending, late, soon] = [
      await http.put('Running'),
      await http.put('Running'),
      await http.put('Queued', 'Succeeded'),
    ];
    await know(pending);
    await know(late, { remindedAt: http.api.clock.now, remindCause: 'UnusuallyLong' });
    await know(soon);
    const stdout = new Terminal({ columns: 200 });
    await cli(['list', '--utc', '--url', http.url], { stdout });
    const line = (jobId: string) => stdout.text.split('\n').find((each) => each.includes(jobId));
    expect(line(pending)).toContain('usually 12:00');
    expect(line(late)).toContain('unusually long');
    expect(line(soon)).toContain('unusually soon');
  });

  it('brings what takes unusually long to the top of what a person sees under watch', async () => {
    const late = await http.put('Running');
    await know(late, { remindedAt: http.api.clock.now, remindCause: 'UnusuallyLong' });
    http.api.clock.now += 1_000;
    const newer = await http.put('Running');
    const listed = async (...options: string[]) => {
      const stdout = new Terminal({ columns: 200 });
      await cli(['list', '--limit', '100', ...options, '--url', http.url], { stdout });
      return [late, newer].map((jobId) => stdout.text.indexOf(jobId));
    };
    const [lateAt = 0, newerAt = 0] = await listed('--state-group', 'pending');
    expect(lateAt).toBeLessThan(newerAt);
    const [byTime = 0, newest = 0] = await listed();
    expect(newest).toBeLessThan(byTime);
  });

  it('is told once by watch', async () => {
    const jobId = await http.put('Running');
    await know(jobId);
    const { stdout } = await http.run('watch', jobId, '--max-wait', '1s', '--every-seconds', '1');
    expect(stdout.match(/^Usually 12:00, 9 of 10 within 20:00/gm)).toHaveLength(1);
  });
});

describe('show, of a job that was reopened', () => {
  it('tells its whole history in the order in which it happened', async () => {
    const jobId = await http.put('Running', 'TimedOut');
    http.api.clock.now += 60_000;
    await http.run('register', jobId);
    http.api.clock.now += 30_000;
    await http.move(jobId, 'Queued');
    const { stdout } = await http.run('show', jobId);
    const [, , timeline = ''] = stdout.split('\n\n');
    const entries = timeline.trim().split('\n');
    expect(entries.map((line) => line.match(/[A-Z][A-Za-z]+/g)?.[0])).toEqual([
      'Registered',
      'Running',
      'TimedOut',
      'Registered',
      'Queued',
    ]);
    expect(entries[0]).toMatch(/^before /);
    const times = entries.slice(1).map((line) => line.slice(0, '2026-02-10 12:00:00Z'.length));
    expect(times).toEqual(times.toSorted());
    expect(entries.map((line) => line.match(/\+\d+:\d\d/)?.[0])).toEqual([
      undefined,
      undefined,
      undefined,
      '+0:00',
      '+0:35',
    ]);
  });
});

describe('show, of a job whose history is odd', () => {
  const FLAPPING = Array.from({ length: 110 }, (_, i) => (i % 2 ? 'Queued' : 'Running'));
  const historyOf = async (jobId: string) => {
    const { stdout } = await http.run('show', jobId);
    return stdout.split('\n\n')[2]?.split('\n') ?? [];
  };

  it('knows that it was reopened, though that is left out', async () => {
    const jobId = await http.put(...FLAPPING.slice(0, 12), 'TimedOut');
    http.api.clock.now += 60_000;
    await http.run('register', jobId);
    const { jobs } = http.api.ports;
    const reopened = await jobs.get(jobId);
    if (!reopened) throw new Error('The job is not on record.');
    const at = http.api.clock.now + 1_000;
    const many = FLAPPING.reduce((job, state) => moved(job, state, at), reopened);
    await jobs.update(reopened, { ...many, version: reopened.version + 1 });
    expect((await historyOf(jobId))[0]).toMatch(/^before /);
  });

  it('does not take it for reopened after a clock was set back', async () => {
    const jobId = await http.put();
    const registered = await http.api.ports.jobs.get(jobId);
    if (!registered) throw new Error('The job is not on record.');
    const running = moved(registered, 'Running', http.api.clock.now - 60_000);
    await http.api.ports.jobs.update(registered, running);
    expect((await historyOf(jobId))[0]).toMatch(/^2026-.* Registered$/);
  });
});

describe('a pasted link', () => {
  it.each([
    'https://api.bentley.com/insights/reporting/datasources/extraction/status/JOB',
    'https://api.bentley.com/insights/reporting/datasources/extraction/status/JOB/',
    'https://monitor.example.com/jobs/JOB?x=1#y',
  ])('names the job: %s', async (link) => {
    const jobId = await http.put('Running');
    const { code, stdout } = await http.run('show', link.replace('JOB', jobId), '--json');
    expect({ code, jobId: JSON.parse(stdout).jobId }).toEqual({ code: 0, jobId });
  });
});

describe('register, of a known job', () => {
  it('says what it ignores', async () => {
    const jobId = randomUUID();
    await http.run('register', jobId, '--label', 'Tower B');
    const again = await http.run('register', jobId, '--label', 'Tower C');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Tower B') });
    expect(again.stderr).toBe('The job was known. Ignored: label; "change" changes label.\n');
    const other = await http.run('register', jobId, '--no-unusually-long');
    // There is no such option of "change".
    expect(other.stderr).toBe('The job was known. Ignored: unusuallyLong.\n');
    const both = await http.run('register', jobId, '--no-unusually-long', '--label', 'C');
    expect(both.stderr).toBe(
      'The job was known. Ignored: label, unusuallyLong; "change" changes label.\n',
    );
  });
});

describe('change', () => {
  it('has a job watched otherwise', async () => {
    const jobId = await http.put('Running');
    const { code, stdout } = await http.run(
      ...['change', jobId, '--label', 'Tower C', '--timeout-minutes', '2880'],
      ...['--remind-after-minutes', '60'],
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Tower C') });
    const job = await http.api.ports.jobs.get(jobId);
    expect(job).toMatchObject({ timeoutAt: http.api.clock.now + 2_880 * 60_000 });
    await http.run('change', jobId, '--label', '', '--remind-after-minutes', 'never');
    const later = await http.api.ports.jobs.get(jobId);
    expect([later?.label, later?.remindAt]).toEqual([undefined, undefined]);
  });

  it('says why it cannot', async () => {
    const { code, stderr } = await http.run('change', await http.put('Failed'), '--label', 'x');
    expect(code).toBe(4);
    expect(stderr).toContain('has ended: Failed');
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
    const columns = ['Running', utc(http.api.clock.now), jobId, '', '', KIND, 'because of Running'];
    expect({ stdout, stderr }).toEqual({
      stdout: `${columns.join('\t')}\n`,
      stderr: '',
    });
  });

  it('marks a run that is missing by the answer, in a column of its own into a pipe', async () => {
    const jobId = await http.put('Running');
    await http.miss(jobId, 403);
    const piped = await http.run('list', ...since());
    expect(piped.stdout).toContain(`\t${jobId}\t\t403\t${KIND}\t`);
    const stdout = new Terminal({ columns: 80 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines[0]).toMatch(/^Running {8} \(403\) {2}\d{4}-/);
  });

  it('filters, and follows cursors over pages that have none of the jobs', async () => {
    const from = since();
    const failed = [await http.put('Failed'), await http.put('Failed')];
    http.api.clock.now += 1_000;
    for (let i = 0; i < 11; i++) await http.put('Running');
    const { stdout } = await http.run('list', ...from, '--state', 'Failed', '--limit', '2');
    expect(stdout.match(/(?<=Z\t)[^\t]+/g)?.toSorted()).toEqual(failed.toSorted());
  });

  it('filters by kind, and by how the label begins', async () => {
    const { now } = http.api.clock;
    const found = { ...registeredJob(randomUUID(), now), kind: 'carbon-ec3' } as const;
    const labelled = { ...registeredJob(randomUUID(), now), label: 'Tower B' };
    for (const job of [found, labelled]) await http.api.ports.jobs.add(job);
    const listed = async (...filter: readonly string[]) => {
      const { stdout } = await http.run('list', ...since(), ...filter, '--json');
      return JSON.parse(stdout).map(({ jobId }: { jobId: string }) => jobId);
    };
    expect(await listed('--kind', 'carbon-ec3')).toEqual([found.jobId]);
    expect(await listed('--label-prefix', 'Tower')).toEqual([labelled.jobId]);
    const given = ['A', 'B', 'Tower'].flatMap((prefix) => ['--label-prefix', prefix]);
    expect(await listed(...given)).toEqual([labelled.jobId]);
    expect(await listed()).toHaveLength(2);
  });

  it('says when there may be more jobs than it lists, and not that there are', async () => {
    const from = since();
    http.api.clock.now += 1_000;
    await http.put('Failed');
    for (let i = 0; i < 3; i++) await http.put();
    for (const filter of [[], ['--state', 'Failed']]) {
      const limit = filter.length === 0 ? 2 : 1;
      const { stdout, stderr } = await http.run(
        ...['list', ...from, ...filter, '--limit', String(limit), '--json'],
      );
      expect(JSON.parse(stdout)).toHaveLength(limit);
      // Of what failed there is no more.
      expect(stderr).toBe(`There may be more than these ${limit}: see --limit.\n`);
    }
  });

  it('gives a wide terminal one line a job', async () => {
    const jobId = await http.put('Running');
    const stdout = new Terminal({ columns: 120 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines).toEqual([
      expect.stringMatching(new RegExp(`^Running .* ${jobId} {2}because of Running$`)),
    ]);
  });

  it('gives a narrow terminal some lines a job', async () => {
    const jobId = await http.put('Running');
    const stdout = new Terminal({ columns: 60 });
    await cli(['list', ...since(), '--url', http.url], { stdout });
    expect(stdout.lines).toEqual([
      expect.stringMatching(/^Running {16}\d{4}-\S+ \S+$/),
      `  ${jobId}`,
      '  because of Running',
    ]);
    for (const line of stdout.lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('lists the jobs in each of several states, in any case', async () => {
    const from = since();
    const [failed, timedOut] = [await http.put('Failed'), await http.put('TimedOut')];
    await http.put('Running');
    const states = ['--state', 'failed', '--state', 'TimedOut'];
    const { stdout } = await http.run('list', ...from, ...states, '--json');
    const listed = JSON.parse(stdout).map(({ jobId }: { jobId: string }) => jobId);
    expect(listed.toSorted()).toEqual([failed, timedOut].toSorted());
  });

  it('shows a success with issues for what it is, and lists those alone', async () => {
    const from = since();
    const jobId = await http.put();
    await http.put('Succeeded');
    const job = await http.api.ports.jobs.get(jobId);
    if (!job) throw new Error('The job is not on record.');
    const ended = { state: 'Succeeded', containsIssues: true, endedAt: http.api.clock.now };
    await http.api.ports.jobs.update(job, { ...job, ...ended, version: 2 });
    const { stdout } = await http.run('list', ...from, '--with-issues');
    expect(stdout).toMatch(new RegExp(`^Succeeded with issues\\t[^\\t]+\\t${jobId}\\t[^\\n]*\\n$`));
    expect((await http.run('show', jobId)).stdout).toMatch(/^Succeeded with issues /);
  });

  it('says at a terminal that there are none, and nothing into a pipe', async () => {
    const stdout = new Terminal();
    await cli(['list', '--before', '2020-01-01', '--url', http.url], { stdout });
    expect(stdout.text).toBe('No jobs.\n');
    for (const name of ['--before', '--registered-before']) {
      expect(await http.run('list', name, '2020-01-01')).toMatchObject({ code: 0, stdout: '' });
    }
  });
});

describe('times', () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = 'America/St_Johns';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('are local and say so, or UTC, at a terminal as in a pipe', async () => {
    const jobId = await http.put();
    const { clock } = http.api;
    clock.now = Date.UTC(2026, 6, 1, 12);
    await http.api.expire(jobId);
    const summer = await http.put();
    for (const stdout of [new Terminal(), new Pipe()]) {
      await cli(['show', summer, '--url', http.url], { stdout });
      expect(stdout.text).toContain('2026-07-01 09:30:00-02:30');
    }
    expect((await http.run('show', summer)).stdout).toContain('2026-07-01 12:00:00Z');
  });

  it.each([
    { text: '2026-02-01', from: '2026-02-01T03:30:00.000Z' },
    { text: '2026-02-01 08:00', from: '2026-02-01T11:30:00.000Z' },
    { text: '2026-02-01 08:00:30+02:00', from: '2026-02-01T06:00:30.000Z' },
    { text: '2026-02-01T08:00:00Z', from: '2026-02-01T08:00:00.000Z' },
    { text: '2026-02-01', utc: '--utc', from: '2026-02-01T00:00:00.000Z' },
    { text: '2026-02-01 08:00:30-02:30', utc: '--utc', from: '2026-02-01T10:30:30.000Z' },
  ])('are read as they are shown: $text $utc', async ({ text, utc: isUtc, from }) => {
    expect(await askedFrom(text, ...(isUtc ? [isUtc] : []))).toBe(from);
  });

  it('may be so long ago', async () => {
    const before = Date.now() - 12 * 3_600_000;
    const from = Date.parse(await askedFrom('12h'));
    expect(from).toBeGreaterThanOrEqual(before);
    expect(from).toBeLessThanOrEqual(Date.now() - 12 * 3_600_000);
  });

  /** What the API is asked for by `list --since`. */
  async function askedFrom(since: string, ...more: readonly string[]): Promise<string> {
    let asked = '';
    const url = await serve((request, response) => {
      asked = new URL(request.url ?? '', 'http://x').searchParams.get('registeredFrom') ?? '';
      response.setHeader('content-type', 'application/json').end('{"jobs":[],"cursor":null}');
    });
    await cli(['list', '--since', since, ...more, '--url', url]);
    return asked;
  }
});
