import { describe, expect, it } from 'vitest';
import { InvalidConfiguration, readConfiguration } from '../../lib/configuration/configuration.ts';
import type { CloudFormationTemplate } from '../../local/template.ts';
import { templateOf } from './support/stack.ts';
import { resolve } from './support/template-resources.ts';

type Settings = Parameters<typeof readConfiguration>[0];

/** All of a function's variables as JSON, in bytes [AWS Lambda quotas]. */
const LIMIT = 4_096;
const JWT = { jwtIssuer: 'https://qa-ims.bentley.com', jwtAudience: 'extraction-monitor' };
const PAGE = {
  ...JWT,
  admittedClients: 'service-1',
  pageClientId: 'spa-7',
  pageScope: 'openid itwin-platform',
  pageUrl: 'https://monitor.of.ours.example.com',
  digestAt: 'Mon-Fri 07:00 Europe/Vilnius',
  itwinApiUrl: 'https://qa-api.bentley.com',
  itwinTokenUrl: 'https://qa-ims.bentley.com/connect/token',
  itwinClientAuthentication: 'client_secret_basic',
};

/** What brings a variable of its own, as short as it can be: the names of the variables count, too. */
const EVERYTHING = {
  jwtIssuer: 'https://a.io',
  jwtAudience: 'a',
  admittedClients: 'a',
  pageClientId: 'a',
  digestAt: '07:00',
  itwinApiUrl: 'https://a.io',
  itwinTokenUrl: 'https://a.io/t',
  itwinClientAuthentication: 'client_secret_basic',
  imodels: '5e19bee0-3aea-4355-a9f0-c6df9989ee7d',
  checksPerMinute: 5_000,
  checkEverySeconds: 20,
  remindAfterMinutes: 10_079,
  unusuallyLong: false,
};

/** The name that CloudFormation makes, in a region with a long one. */
function physicalName(template: CloudFormationTemplate, stackName: string) {
  return (id: string): string => {
    const { Type = '' } = template.Resources[id] ?? {};
    const name = `${stackName}-${id}-ABCDEFGHIJKL`;
    const arn = (service: string) => `arn:aws:${service}:ap-southeast-2:123456789012:${name}`;
    if (id === 'AWS::StackName') return stackName;
    if (Type === 'AWS::SNS::Topic') return arn('sns');
    if (Type === 'AWS::ApiGatewayV2::Api')
      return 'https://abcdefghij.execute-api.ap-southeast-2.amazonaws.com';
    if (Type === 'AWS::SecretsManager::Secret') return `${arn('secretsmanager:secret')}-ABCDEF`;
    if (Type === 'AWS::SQS::Queue')
      return `https://sqs.ap-southeast-2.amazonaws.com/123456789012/${name}`;
    return name;
  };
}

/** How long the environment of each function is, with the names of a deployment in it. */
function sizesOf(settings: Settings, stackName: string): readonly number[] {
  const template = templateOf(
    readConfiguration(settings),
    stackName,
  ).toJSON() as CloudFormationTemplate;
  const functions = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  return functions.map(({ Properties = {} }) => {
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
    const variables = Object.entries(Variables).map(([name, value]) => [
      name,
      resolve(value, physicalName(template, stackName)),
    ]);
    return Buffer.byteLength(JSON.stringify(Object.fromEntries(variables)));
  });
}

/** The most of a list that is accepted. */
function most(settingsOf: (count: number) => Settings): Settings {
  let count = 0;
  for (let step = 1_024; step >= 1; step /= 2) {
    try {
      readConfiguration(settingsOf(count + step));
      count += step;
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
    }
  }
  return settingsOf(count);
}

const numbered = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n));

describe('the longest lists that are accepted have room in the environment of a function', () => {
  it.each([
    [
      'long addresses',
      'ExtractionMonitor',
      {},
      'emails',
      (n: number) => `first.last${n}@example.com`,
    ],
    ['short addresses', 'E', {}, 'emails', (n: number) => `${n}@ab.co`],
    [
      'numbers',
      'Extraction-Monitor-Production-EU-West-1',
      {},
      'phoneNumbers',
      (n: number) => `+3706${1_000_000 + n}`,
    ],
    ['addresses, and all else', 'M'.repeat(44), PAGE, 'emails', (n: number) => `${n}@ab.co`],
    [
      'addresses, and a variable for all else',
      'E',
      EVERYTHING,
      'emails',
      (n: number) => `${n}@ab.co`,
    ],
    ['admitted callers', 'M'.repeat(44), PAGE, 'admittedSubjects', (n: number) => `${n}`],
  ] as const)('%s', (_, stackName, settings, list, text) => {
    const longest = most((count) => ({ ...settings, stackName, [list]: numbered(count, text) }));
    const sizes = sizesOf(longest, stackName);
    expect(Math.max(...sizes)).toBeGreaterThan(LIMIT / 2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMIT);
  });
});
