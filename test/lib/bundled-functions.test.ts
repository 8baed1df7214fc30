import { readFileSync } from 'node:fs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyStructuredResultV2 as Result } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import document from '../../docs/openapi.json' with { type: 'json' };
import { createStatisticsStore } from '../../functions/adapters/dynamodb/statistics.ts';
import { createCheckpointStore } from '../../functions/adapters/dynamodb/tables.ts';
import { HOUR, monthBefore, monthOf } from '../../functions/core/time.ts';
import {
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../local/dynamodb/embedded-dynamodb.ts';
import { type GatewayEvent, type Identity, toEvent } from '../../local/gateway/events.ts';
import { type ItwinSimulator, startItwinSimulator } from '../../local/itwin-simulator/server.ts';
import { type EmbeddedSns, startEmbeddedSns } from '../../local/sns/embedded-sns.ts';
import { type Assembly, synthesize } from '../../rehearsal/assembly.ts';
import { mustBeDocumented } from '../functions/api/support/contract.ts';
import { type DeployedFunction, deploy } from './support/deployed-function.ts';
import { permissionsOf } from './support/permissions.ts';
import { TOKENS } from './support/stack.ts';
import { idOf, pathOf } from './support/template-resources.ts';

const API = 'RegistrationApi/Function';
const MONITOR = 'StatusMonitor/Function';
const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';
const OTHER_JOB_ID = '81b1a2c0-7c39-4e07-9a55-0f1d1f6d3f02';
const IMODEL_ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ItwinCredentials';

let simulator: ItwinSimulator;
let assembly: Assembly;
let tables: EmbeddedDynamoDb;
let sns: EmbeddedSns;
let api: DeployedFunction;
let monitor: DeployedFunction;
let secret = '{"clientId":"","clientSecret":""}';

beforeAll(async () => {
  simulator = await startItwinSimulator();
  const upstream = { itwinApiUrl: simulator.url, itwinTokenUrl: simulator.tokenUrl };
  assembly = synthesize({ Iam: upstream, Tokens: { ...upstream, tokens: TOKENS } });
  tables = await startEmbeddedDynamoDb({ template: assembly.template('Iam') });
  sns = await startEmbeddedSns({ topicName: 'Alerts', subscriptions: [] });
  api = await start('Iam', API);
  monitor = await start('Iam', MONITOR);
});

afterAll(async () => {
  await Promise.all([api.stop(), monitor.stop()]);
  await Promise.all([sns.close(), tables.close(), simulator.close()]);
  assembly.remove();
});

describe('the functions that are uploaded, from registration to alert', () => {
  it('register a run for an IAM identity', async () => {
    const { statusCode, headers } = await request(api, 'POST', '/jobs', {
      jobId: JOB_ID,
      label: 'Tower B',
    });
    expect(statusCode).toBe(201);
    expect(headers).toMatchObject({ Location: `/jobs/${JOB_ID}` });
    expect(await job()).toMatchObject({ state: 'Registered', registeredBy: IAM.iam.userArn });
  });

  it('say what belongs into the secret while there is nothing', async () => {
    simulator.setRun(JOB_ID, { state: 'Running', reason: 'Not completed yet.' });
    await monitor.invoke(scheduledEvent());
    const log = () => monitor.log.join('\n');
    await expect.poll(log).toContain('{\\"clientId\\": \\"...\\", \\"clientSecret\\": \\"...\\"}');
    await expect.poll(log).toContain('"pausedFor":"CredentialsRefused"');
    expect(await job()).toMatchObject({ state: 'Registered' });
  });

  it('tell the operator of what has lasted, and keep the figures of a month that is over', async () => {
    const tablesOf = DynamoDBDocumentClient.from(tables.client);
    const checkpoints = createCheckpointStore(tablesOf, 'Checkpoint');
    const found = await checkpoints.read();
    const month = monthBefore(monthOf(Date.now()), 2);
    const since = Date.now() - HOUR;
    const troubles = { SweepErrors: { since, seenAt: Date.now(), cause: 'SweepErrors' } } as const;
    const version = (found?.version ?? 0) + 1;
    if (found) await checkpoints.write({ ...found, version, troubles, month });
    await monitor.invoke(scheduledEvent());
    await expect(sns.notices()).resolves.toMatchObject([
      { attributes: { trouble: 'SweepErrors', phase: 'Began' } },
    ]);
    const tableNames = { jobsTable: 'Jobs', checkpointTable: 'Checkpoint' };
    const kept = await createStatisticsStore(tablesOf, tableNames).month(month);
    expect(kept).toMatchObject({ month: month, version: 1 });
  });

  it('check it once somebody has filled in the credentials, without a new deployment', async () => {
    const { clientId, clientSecret } = simulator;
    secret = JSON.stringify({ clientId, clientSecret });
    await monitor.invoke(scheduledEvent());
    expect(await job()).toMatchObject({ state: 'Running' });
  });

  it('publish how it ended, and have that on record', async () => {
    simulator.setRun(JOB_ID, { state: 'Failed', reason: 'No such mapping.', containsIssues: true });
    await monitor.invoke(scheduledEvent());
    expect(await job()).toMatchObject({ state: 'Failed', alert: { status: 'Sent' } });
    const alerts = await sns.alerts();
    expect(alerts.map(({ subject }) => subject)).toEqual(['Failed: Tower B']);
  });

  it('list and cancel jobs, and tell how the monitor is', async () => {
    await request(api, 'POST', '/jobs', { jobId: OTHER_JOB_ID });
    const { jobs } = await answer('GET', '/jobs?limit=5');
    expect(jobs).toHaveLength(2);
    expect(await answer('DELETE', `/jobs/${OTHER_JOB_ID}`)).toMatchObject({ state: 'Cancelled' });
    expect(await answer('GET', '/health')).toMatchObject({
      status: 'Degraded',
      troubles: [{ name: 'SweepErrors' }],
    });
  });

  it('count how runs ended', async () => {
    const { total } = await answer('GET', '/statistics?groupBy=state');
    expect(total).toMatchObject({ runs: 2, withIssues: 1 });
  });

  it('find and follow the runs of a watched iModel, until it is not watched any more', async () => {
    const run = { scenario: 'fails', scale: 0 } as const;
    simulator.addIModel({
      id: IMODEL_ID,
      displayName: 'Harbour',
      automaticRuns: [{ afterMs: 0, run }],
    });
    const path = `/imodels/${IMODEL_ID}`;
    expect((await request(api, 'PUT', path, {})).statusCode).toBe(201);
    expect((await request(api, 'PUT', path, { label: 'Harbour' })).statusCode).toBe(200);
    await monitor.invoke(scheduledEvent());
    const { jobs } = await answer('GET', '/jobs?limit=5');
    expect(jobs).toContainEqual(expect.objectContaining({ label: 'Harbour', state: 'Failed' }));
    const { iModels } = await answer('GET', '/imodels');
    expect(iModels).toEqual([await answer('GET', path)]);
    expect((await request(api, 'DELETE', path)).statusCode).toBe(204);
  });

  it('subscribe somebody to alerts, change what they get, and unsubscribe them', async () => {
    const receiver = { protocol: 'sms', endpoint: '+37060000000' };
    const subscribed = await request(api, 'POST', '/subscriptions', receiver);
    expect(subscribed.statusCode).toBe(201);
    const changed = await request(api, 'POST', '/subscriptions', {
      ...receiver,
      states: ['Failed'],
    });
    expect(changed.statusCode).toBe(200);
    const { subscriptions } = await answer('GET', '/subscriptions');
    const path = String(subscribed.headers?.Location);
    expect(subscriptions).toContainEqual(await answer('GET', path));
    expect(await answer('DELETE', path)).toMatchObject({ outcome: 'Unsubscribed' });
  });

  it('give out the OpenAPI document, which is uploaded beside the function', async () => {
    expect(await answer('GET', '/openapi.json')).toEqual(document);
  });

  it('give out the page, whose files are beside the function and no part of it', async () => {
    const { body = '' } = (await api.invoke(gatewayEvent('GET', '/', IAM))) as Result;
    expect(body).toContain('<title>Extraction Monitor</title>');
    for (const [, file] of body.matchAll(/(?:href|src)="([\w.]+)\?v=/g)) {
      const part = (await api.invoke(gatewayEvent('GET', `/${file}`, IAM))) as Result;
      expect(part, file).toMatchObject({ statusCode: 200, body: expect.stringMatching(/\S/) });
    }
    const template = assembly.template('Iam');
    const bundle = readFileSync(assembly.entry(template, idOf(template, API)), 'utf8');
    expect(bundle).not.toContain('The monitor is well');
  });

  it('are allowed all that they did, and nothing that they have no use for', () => {
    // What Lambda does in the function's name.
    const ofLambda = /^(logs|sqs:(Receive|Delete|Get)|sqs:.+DeadLetters)/;
    for (const [deployed, role] of [
      [api, `${API}Role`],
      [monitor, `${MONITOR}Role`],
    ] as const) {
      const allowed = permissionsOf(assembly.template('Iam'), role, physicalName);
      expect([...deployed.calls].sort()).toEqual(allowed.filter((each) => !ofLambda.test(each)));
    }
  });
});

describe('a route with a path, as there are with CORS', () => {
  it('is answered like $default', async () => {
    const event = gatewayEvent('GET', `/jobs/${JOB_ID}`, IAM);
    const proxied = {
      ...event,
      routeKey: 'GET /{proxy+}',
      pathParameters: { proxy: `jobs/${JOB_ID}` },
    };
    expect(await api.invoke(proxied)).toMatchObject({ statusCode: 200 });
  });
});

describe('the API for callers with a token', () => {
  it('admits the organizations of its template and nobody else', async () => {
    const tokenApi = await start('Tokens', API);
    const statusFor = async (identity: Identity) =>
      (await request(tokenApi, 'GET', '/health', undefined, identity)).statusCode;
    expect(await statusFor(withToken({ sub: 'somebody', org: 'org-2' }))).not.toBe(403);
    expect(await statusFor(withToken({ sub: 'somebody', org: 'org-3' }))).toBe(403);
    await tokenApi.stop();
  });
});

describe('a function that lacks a setting', () => {
  it.each([API, MONITOR])('%s says so when it starts', async (path) => {
    await expect(start('Iam', path, { JOBS_TABLE: '' })).rejects.toThrow(/^Set JOBS_TABLE to /);
  });
});

const IAM = {
  iam: {
    accessKey: 'AKIAEXAMPLE',
    accountId: '000000000000',
    callerId: 'AIDAEXAMPLE',
    cognitoIdentity: null,
    principalOrgId: '',
    userArn: 'arn:aws:iam::000000000000:user/pipeline',
    userId: 'AIDAEXAMPLE',
  },
};

function withToken(claims: Record<string, string>): Identity {
  return { principalId: '', integrationLatency: 0, jwt: { claims, scopes: [] } };
}

function start(
  stackId: string,
  path: string,
  overrides?: Readonly<Record<string, string>>,
): Promise<DeployedFunction> {
  const template = assembly.template(stackId);
  const services = { dynamoDbUrl: tables.url, snsUrl: sns.url, secret: () => secret };
  const entry = assembly.entry(template, idOf(template, path));
  return deploy({ template, path, entry, nameOf: physicalName, services }, overrides);
}

/** What the engines call a resource of the stack; by its path where there is no engine for it. */
function physicalName(logicalId: string): string {
  const isPseudo = logicalId.startsWith('AWS::');
  const path = isPseudo ? logicalId : pathOf(assembly.template('Iam'), logicalId);
  const names: Readonly<Record<string, string>> = {
    'AWS::StackName': 'Iam',
    'JobStore/Jobs': 'Jobs',
    'JobStore/Checkpoint': 'Checkpoint',
    'JobStore/Subscriptions': 'Subscriptions',
    'AlertTopic/Topic': sns.topicArn,
    'OperatorTopic/Topic': sns.operatorTopicArn,
    'StatusMonitor/ItwinCredentials/Secret': SECRET_ARN,
  };
  return names[path] ?? path;
}

function gatewayEvent(
  method: string,
  target: string,
  identity: Identity,
  body?: object,
): GatewayEvent {
  return toEvent(
    {
      method,
      target,
      headers: { host: ['api.example.com'], 'content-type': ['application/json'] },
      body: Buffer.from(body ? JSON.stringify(body) : ''),
      sourceIp: '192.0.2.1',
      port: 443,
    },
    { requestId: 'request-1', time: Date.now(), identity },
  );
}

async function request(
  to: DeployedFunction,
  method: string,
  target: string,
  body?: object,
  identity: Identity = IAM,
): Promise<Result> {
  const event = gatewayEvent(method, target, identity, body);
  const result = (await to.invoke(event)) as Result;
  const { statusCode: status = 0, headers = {}, body: text = '' } = result;
  mustBeDocumented(method, event.rawPath, { status, headers, body: text });
  return result;
}

async function answer(method: string, target: string): Promise<Record<string, unknown>> {
  return JSON.parse((await request(api, method, target)).body ?? '');
}

const job = () => answer('GET', `/jobs/${JOB_ID}`);

/** The event that Scheduler sends when the schedule says nothing about it. */
function scheduledEvent(): object {
  return {
    version: '0',
    id: '27cc6523-053a-4f55-b8a4-1e4b5f0d4e52',
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: ['arn:aws:scheduler:us-east-1:000000000000:schedule/Group/Schedule'],
    detail: '{}',
  };
}
