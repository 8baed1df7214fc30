import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientCredentialsTokens } from '../../functions/adapters/itwin/access-tokens.ts';
import { createStatusEndpoint } from '../../functions/adapters/itwin/endpoints.ts';
import { createLogsEndpoint } from '../../functions/adapters/itwin/logs-endpoint.ts';
import { jobView } from '../../functions/api/routes/job-view.ts';
import { healthView } from '../../functions/api/routes/monitor.ts';
import type { Job } from '../../functions/core/jobs/job.ts';
import { KIND_NAMES, type KindName } from '../../functions/core/kinds/kinds.ts';
import { health } from '../../functions/core/sweeps/health.ts';
import { MINUTE } from '../../functions/core/time.ts';
import { listenFor } from '../../local/listen.ts';
import { createWorld, type World } from '../functions/monitor/support/world.ts';

const SECRET = 'an-access-token-of-32-characters';

/** What a path of upstream sends back, with the token that it was asked with in it. */
interface Echo {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the logs, where they are read. */
  readonly logs?: string;
}

const ended = (fields: object) => JSON.stringify({ status: { state: 'Failed', ...fields } });
const entry = { level: 'Error', category: SECRET, message: `Bearer ${SECRET}` };

/** As some serializers write it: every character by its number. */
const spelled = (json: string) =>
  json.replaceAll(SECRET, (text) =>
    Array.from(text, (char) => `\\u00${char.charCodeAt(0).toString(16)}`).join(''),
  );

const ECHOES: readonly (readonly [string, Echo])[] = [
  ['the state', { status: 200, body: JSON.stringify({ status: { state: SECRET } }) }],
  ['the reason', { status: 200, body: ended({ reason: `Bearer ${SECRET} is not good.` }) }],
  [
    'the link to the logs',
    { status: 200, body: ended({ _links: { logs: { href: `{api}/logs?access=${SECRET}` } } }) },
  ],
  ['another field', { status: 200, body: ended({ [SECRET]: SECRET, containsIssues: SECRET }) }],
  ['a page that is no JSON', { status: 200, body: `${SECRET} <html>` }],
  [
    'a state that is no word',
    { status: 200, body: JSON.stringify({ status: { state: `"${SECRET}` } }) },
  ],
  ['the logs', { status: 200, body: ended({}), logs: JSON.stringify({ logs: [entry] }) }],
  [
    'the reason, in another spelling of JSON',
    { status: 200, body: spelled(ended({ reason: `C:\\${SECRET}` })) },
  ],
  [
    'the logs, in another spelling of JSON',
    { status: 200, body: ended({}), logs: spelled(JSON.stringify({ logs: [entry] })) },
  ],
  ['logs that are no list', { status: 200, body: ended({}), logs: SECRET }],
  ...[202, 400, 401, 403, 404, 422, 429, 500, 503].map((status): readonly [string, Echo] => [
    `an error (${status}) and its headers`,
    {
      status,
      body: JSON.stringify({
        error: { code: SECRET, message: SECRET, details: [{ code: SECRET, target: SECRET }] },
      }),
      headers: {
        'x-correlation-id': SECRET,
        'retry-after': SECRET,
        'www-authenticate': `Bearer error="${SECRET}"`,
        location: `/${SECRET}`,
      },
    },
  ]),
];

async function startUpstream({ status, body, headers, logs = '{"logs":[]}' }: Echo) {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'POST') {
      const token = { access_token: SECRET, token_type: 'Bearer', expires_in: 3_600 };
      response.end(JSON.stringify(token));
    } else if (request.url?.includes('/logs')) response.end(logs);
    else response.writeHead(status, headers).end(body.replace('{api}', url));
  });
  const url = await listenFor(server);
  return { server, url };
}

/** All that anybody gets to see of a world. */
async function everything(world: World): Promise<string> {
  const checkpoint = await world.checkpoint();
  const job = await world.job(world.jobIds[0] ?? '');
  return JSON.stringify([
    world.logged,
    checkpoint,
    job,
    jobView(job),
    healthView(health(checkpoint, world.clock.now())),
    await world.engines.sns.alerts(),
  ]);
}

describe('a token that upstream echoes is in no log, record, alert or answer:', () => {
  it.each(ECHOES)('%s', async (_, echo) => {
    await using world = await createWorld({ tables: 'memory' });
    const { now } = world.clock;
    const { server, url } = await startUpstream(echo);
    const credentials = { clientId: 'client', clientSecret: 'a client secret', version: '1' };
    const ports = {
      status: createStatusEndpoint({ apiUrl: url, now }),
      runLogs: createLogsEndpoint({ apiUrl: url, now }),
      tokens: createClientCredentialsTokens({
        tokenUrl: `${url}/token`,
        credentials: { read: async () => credentials, version: async () => '1' },
        now,
      }),
    };
    await world.register({ state: 'Running', timeoutAt: now() + 3 * MINUTE });
    const reports = await world.sweepFor(3 * MINUTE, {}, ports);
    server.closeAllConnections();
    server.close();

    expect(reports[0]?.requests).toBeGreaterThan(0);
    expect(await everything(world)).not.toContain(SECRET);
  });
});

/** What opens something to whoever has it: in a field, in the query of a link, in a sentence. */
const LINK = `https://files.example.com/run.zip?sv=2024-01-01&sig=${SECRET}#${SECRET}`;
const SAID = `Could not read ${LINK}, which is locked.`;
const LINKS = { report: { href: LINK }, ec3Project: { href: LINK }, mesh: { href: LINK } };
const CONNECTION = { connectionId: 'Qm9nd0a1ZXk3cUR4bFJzVHVWd1h5WjAxMjM0NTY3ODk' };
const ERROR = { errorCode: 'TAE_1', message: SAID, details: LINK, kbArticleLink: LINK };

const BODIES: readonly (readonly [KindName, object, Partial<Job>])[] = [
  ['reporting-extraction', { status: { state: 'Failed', reason: SAID, outputUrl: LINK } }, {}],
  [
    'grouping-and-mapping-extraction',
    { extraction: { state: 'Failed', reason: SAID, sas: LINK } },
    {},
  ],
  [
    'carbon-ec3',
    { job: { status: 'Failed', message: SAID, _links: LINKS, fileToken: SECRET } },
    {},
  ],
  [
    'carbon-one-click-lca',
    { job: { status: 'Failed', message: SAID, _links: LINKS, fileToken: SECRET } },
    {},
  ],
  [
    'synchronization-run',
    {
      run: {
        state: 'Completed',
        result: 'Error',
        error: { ...ERROR, sas: SECRET },
        jobs: [{ error: ERROR, url: LINK, tasks: [{ error: ERROR, fileToken: SECRET }] }],
      },
    },
    { ...CONNECTION, connectionType: 'storage' },
  ],
  [
    'synchronization-run',
    { run: { state: 'Completed', result: 'Archived', error: ERROR, sas: SECRET } },
    { ...CONNECTION, connectionType: 'manifest' },
  ],
];

it('a body with secrets is there of each kind', () => {
  expect(BODIES.map(([kind]) => kind)).toEqual(expect.arrayContaining([...KIND_NAMES]));
});

describe('what opens files to whoever has it is in no log, record, alert or answer, of a', () => {
  it.each(BODIES)('%s', async (kind, body, parameters) => {
    await using world = await createWorld({ tables: 'memory' });
    const { now } = world.clock;
    const logs = JSON.stringify({ logs: [{ level: 'Error', category: 'File', message: SAID }] });
    const upstream = { status: 200, body: JSON.stringify(body), logs };
    const { server, url: apiUrl } = await startUpstream(upstream);
    const ports = {
      status: createStatusEndpoint({ apiUrl, now }),
      runLogs: createLogsEndpoint({ apiUrl, now }),
    };
    const two = `${randomUUID()}_${randomUUID()}`;
    const jobId = kind === 'carbon-one-click-lca' ? two : randomUUID();
    await world.register({ jobId, state: 'Running', timeoutAt: now() + 2 * MINUTE });
    const version = (await world.job(jobId)).version + 1;
    await world.change(jobId, (job) => ({ ...job, kind, ...parameters, version }));
    await world.sweepFor(3 * MINUTE, {}, ports);
    server.closeAllConnections();
    server.close();

    const told = await everything(world);
    expect((await world.job(jobId)).state).toMatch(/^(Failed|TimedOut)$/);
    expect(told).not.toContain(SECRET);
  });
});
