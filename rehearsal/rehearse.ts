import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '../lib/configuration/configuration.ts';
import type { ItwinSimulator } from '../local/itwin-simulator/server.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { type Aws, connectToAws, type Json } from './aws.ts';
import { type RunningStack, startStack } from './running-stack.ts';

const REGION = 'eu-west-1';
const OPERATOR = { operatorEmail: 'ops@example.com' };

/** The files of settings, as somebody would keep them. */
const PRODUCTION = {
  ...OPERATOR,
  stackName: 'Production',
  emails: ['all@example.com', 'leaves@example.com', 'gets-a-filter@example.com'],
  alerts: [
    { email: 'loses-its-filter@example.com', states: ['Failed'] },
    { email: 'changes-its-filter@example.com', states: ['Failed'] },
  ],
};
const STAGING = {
  ...OPERATOR,
  stackName: 'Staging',
  ephemeral: true,
  phoneNumbers: ['+37060000000'],
};
const PRODUCTION_LATER = {
  ...OPERATOR,
  stackName: 'Production',
  emails: ['all@example.com', 'loses-its-filter@example.com', 'joins@example.com'],
  alerts: [
    { email: 'gets-a-filter@example.com', onlyWithIssues: true },
    { email: 'changes-its-filter@example.com', labelPrefixes: ['Tower'] },
  ],
};

/** What the subscriptions of {@link PRODUCTION_LATER} must be, by address. */
const POLICIES_LATER = {
  'all@example.com': { state: [{ exists: true }] },
  'loses-its-filter@example.com': { state: [{ exists: true }] },
  'joins@example.com': { state: [{ exists: true }] },
  'gets-a-filter@example.com': {
    $or: [
      { state: [{ 'anything-but': ['Succeeded', 'Digest'] }] },
      { containsIssues: ['true', 'unknown'] },
    ],
  },
  'changes-its-filter@example.com': { label: [{ prefix: 'Tower' }] },
};

/**
 * Rehearses deployments in an emulator.
 *
 * @param tell gets each step that went well
 * @throws what went wrong: an `AssertionError`, or what the emulator refused
 */
export async function rehearse(
  endpoint: string,
  simulator: ItwinSimulator,
  tell: (step: string) => void,
): Promise<void> {
  const aws = connectToAws({ region: REGION, endpoint });
  const start = async (settings: Settings) => {
    const assembly = assemblyOf(settings, simulator);
    const options = { aws, endpoint, stackName: settings.stackName, assembly };
    return { assembly, stack: await startStack(options, simulator) };
  };

  const production = await start(PRODUCTION);
  tell(`Production is deployed: ${production.stack.size} resources`);
  await followARun(production.stack, simulator, 'Tower B');
  tell('a run went from its registration over its logs to an alert in a queue');

  const staging = await start(STAGING);
  tell(`Staging is deployed beside it: ${staging.stack.size} resources`);
  await followARun(staging.stack, simulator, 'Trial');
  await keepApart(production.stack, staging.stack);
  tell('its run was told to its own queue alone, and counted under its own name');

  const later = assemblyOf(PRODUCTION_LATER, simulator);
  await production.stack.update(later);
  await checkReceivers(aws, production.stack);
  tell('an update added, changed and removed receivers and their filters');
  await followARun(production.stack, simulator, 'Tower C');
  tell('a run went its way after the update');

  await Promise.all([production.stack.stop(), staging.stack.stop()]);
  for (const assembly of [production.assembly, staging.assembly, later]) assembly.remove();
}

type Settings = Readonly<Record<string, unknown>> & { readonly stackName: string };

/** What a deployment with a file of settings uploads, but that it asks the simulator. */
function assemblyOf(settings: Settings, simulator: ItwinSimulator): Assembly {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  try {
    const file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    const configuration = readConfiguration({ settings: file });
    const upstream = { itwinApiUrl: simulator.url, itwinTokenUrl: simulator.tokenUrl };
    return synthesize({ [settings.stackName]: { ...configuration, ...upstream } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Registers a run, lets it fail, and reads the alert about it. */
async function followARun(stack: RunningStack, simulator: ItwinSimulator, label: string) {
  const jobId = randomUUID();
  const state = async () => (await get(stack, `/jobs/${jobId}`)).state;
  simulator.setRun(jobId, { state: 'Running' });
  const registered = await fetch(`${stack.url}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobId, label }),
  });
  assert.equal(registered.status, 201);
  await stack.sweep();
  assert.equal(await state(), 'Running');

  const message = 'The mapping has no group.';
  const logs = [{ level: 'Error', category: 'Query', message }];
  simulator.setRun(jobId, { state: 'Failed', reason: 'Query failed.', containsIssues: true, logs });
  await stack.sweep();
  assert.equal(await state(), 'Failed');

  const alerts = await stack.alerts();
  assert.deepEqual(
    alerts.map((alert) => [alert.jobId, alert.label, alert.state, alert.reason]),
    [[jobId, label, 'Failed', 'Query failed.']],
  );
  assert.match(JSON.stringify(alerts[0]?.logs), new RegExp(message));
}

/** Two stacks in one region have nothing of each other. */
async function keepApart(production: RunningStack, staging: RunningStack) {
  await production.sweep();
  assert.deepEqual(await production.alerts(), []);
  const { jobs } = await get(production, '/jobs');
  assert.deepEqual(
    (jobs as readonly Json[]).map(({ label }) => label),
    ['Tower B'],
  );
  for (const [stackName, { log }] of Object.entries({ Production: production, Staging: staging })) {
    const metrics = log.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));
    assert.ok(metrics.length > 0);
    assert.deepEqual(new Set(metrics.map(({ stack }) => stack)), new Set([stackName]));
  }
}

/** SNS has the receivers that the template declares, and the functions take them for the deployment's. */
async function checkReceivers(aws: Aws, stack: RunningStack) {
  assert.deepEqual(await policiesByAddress(aws, stack.alertTopicArn), POLICIES_LATER);
  const { subscriptions } = await get(stack, '/subscriptions');
  const declared = (subscriptions as readonly Json[]).filter(
    ({ origin }) => origin === 'Deployment',
  );
  assert.deepEqual(
    declared.map(({ endpoint }) => String(endpoint)).toSorted(),
    Object.keys(POLICIES_LATER).toSorted(),
  );
}

/** What SNS has of each subscription by email. */
async function policiesByAddress(aws: Aws, TopicArn: string): Promise<Json> {
  const list = await aws.query('sns', 'ListSubscriptionsByTopic', { TopicArn });
  const members = list.split('<member>').filter((member) => member.includes('>email<'));
  const policies = members.map(async (member) => {
    const SubscriptionArn = /<SubscriptionArn>([^<]+)/.exec(member)?.[1];
    const asked = await aws.query('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
    const policy = /<key>FilterPolicy<\/key>\s*<value>([^<]*)/.exec(asked)?.[1] ?? 'null';
    const address = String(/<Endpoint>([^<]+)/.exec(member)?.[1]);
    return [address, JSON.parse(policy.replaceAll('&quot;', '"'))] as const;
  });
  return Object.fromEntries(await Promise.all(policies));
}

async function get(stack: RunningStack, path: string): Promise<Json> {
  const response = await fetch(stack.url + path);
  assert.equal(response.status, 200);
  return (await response.json()) as Json;
}
