import { describe, expect, it } from 'vitest';
import { resolve, type Template } from '../../rehearsal/template.ts';
import { EVERY_SETTING, templateOf } from './support/stack.ts';

/** By which property a resource gets a name that somebody chose; without one AWS makes it up. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Key': 'KeyId',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
};

/** Of these there is one in an account, whatever the region. */
const GLOBAL = new Set(['AWS::CloudWatch::Dashboard', 'AWS::IAM::Role']);

/** Belongs to what has another name. */
const PARTS =
  /^AWS::(ApiGatewayV2::(Authorizer|Integration|Route|Stage)|IAM::Policy|Lambda::(Event(InvokeConfig|SourceMapping)|Permission)|S[NQ]S::(Queue|Topic)Policy|SNS::Subscription)$/;

/** The resources of a stack in a region; what AWS names is called after region, stack and logical id. */
function resourcesOf(stackName: string, region = 'eu-west-1'): Template['Resources'] {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::StackName': stackName,
    'AWS::Region': region,
    'AWS::AccountId': '123456789012',
    'AWS::Partition': 'aws',
  };
  const { Resources, Conditions } = templateOf(EVERY_SETTING, stackName).toJSON();
  const nameOf = (id: string) => pseudo[id] ?? `${region} ${stackName} ${id}`;
  return resolve(Resources, nameOf, Conditions) as Template['Resources'];
}

function namesOf(resources: Template['Resources']): readonly string[] {
  return Object.values(resources).flatMap(({ Type, Properties }) => {
    const name = Properties?.[NAMES[Type] ?? ''];
    return name === undefined ? [] : `${Type} ${name}`;
  });
}

/** Each metric of an alarm or of the dashboard. */
function metricsOf(resources: Template['Resources']): ReadonlySet<string> {
  const alarms = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const ofAlarms = alarms
    .flatMap(
      ({ Properties }) =>
        (Properties?.Metrics as MetricQuery[]) ?? { MetricStat: { Metric: Properties } },
    )
    .flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    .map(({ Namespace, MetricName, Dimensions = [] }) =>
      [Namespace, MetricName, ...Dimensions.flatMap(({ Name, Value }) => [Name, Value])].join(' '),
    );
  const dashboard = Object.values(resources).find(({ Type }) => Type.endsWith('::Dashboard'));
  const { widgets } = JSON.parse(String(dashboard?.Properties?.DashboardBody)) as Dashboard;
  const shown = widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((metric) => metric.filter((part) => typeof part === 'string').join(' '))
    .filter((metric) => metric !== '');
  return new Set([...ofAlarms, ...shown]);
}

const production = resourcesOf('Production');
const staging = resourcesOf('Staging');

describe('two stacks in one region', () => {
  it('share no name', () => {
    const names = namesOf(production);
    expect(names.length).toBeGreaterThan(12);
    expect(namesOf(staging).filter((name) => names.includes(name))).toEqual([]);
  });

  it('share no name when the names are long and begin alike', () => {
    const [first, second] = ['1', '2'].map((end) => namesOf(resourcesOf('M'.repeat(127) + end)));
    expect(second?.filter((name) => first?.includes(name))).toEqual([]);
  });

  it('watch and show no metric of each other, but for what the account spends on SMS', () => {
    const metrics = metricsOf(production);
    expect(metrics.size).toBeGreaterThan(40);
    expect([...metricsOf(staging)].filter((metric) => metrics.has(metric))).toEqual([
      'AWS/SNS SMSMonthToDateSpentUSD',
    ]);
  });

  it('are told apart in every metric that the functions emit', () => {
    const functions = Object.values(production).filter(({ Type }) => Type.endsWith('::Function'));
    const names = functions.map(
      ({ Properties }) => (Properties as unknown as Lambda).Environment.Variables,
    );
    expect(names).toMatchObject(Array(2).fill({ STACK_NAME: 'Production' }));
  });
});

describe('one stack in two regions', () => {
  it('shares no name that is global in the account', () => {
    const globalNames = (region: string) =>
      namesOf(
        Object.fromEntries(
          Object.entries(resourcesOf('Production', region)).filter(([, { Type }]) =>
            GLOBAL.has(Type),
          ),
        ),
      );
    expect(globalNames('eu-west-1')).toEqual(['AWS::CloudWatch::Dashboard Production-eu-west-1']);
    expect(globalNames('us-east-1')).toEqual(['AWS::CloudWatch::Dashboard Production-us-east-1']);
  });
});

it('of every type of resource it is known what its name is', () => {
  const types = new Set(Object.values(production).map(({ Type }) => Type));
  const unknown = [...types].filter((type) => !(type in NAMES) && !PARTS.test(type));
  expect(unknown).toEqual([]);
});

describe('the logical ids that an update must keep', () => {
  /** Another id is another resource: empty tables, whose pending jobs nobody watches any more. */
  const KEPT = {
    JobStoreJobsFADE4C89: 'AWS::DynamoDB::GlobalTable',
    JobStoreCheckpoint531903D3: 'AWS::DynamoDB::GlobalTable',
    JobStoreSubscriptions78E8307F: 'AWS::DynamoDB::GlobalTable',
    AlertTopic3B8349F7: 'AWS::SNS::Topic',
    OperatorTopic7CD50DEE: 'AWS::SNS::Topic',
    StatusMonitorItwinCredentialsSecretA040B4A7: 'AWS::SecretsManager::Secret',
    RegistrationApiHttpApi4B9F32CD: 'AWS::ApiGatewayV2::Api',
  };

  it.each([
    ['without settings', templateOf()],
    ['with every setting', templateOf(EVERY_SETTING)],
    ['under another name', templateOf({}, 'Staging')],
  ])('are these %s', (_, template) => {
    const types = new Set(Object.values(KEPT));
    const resources: Template['Resources'] = template.toJSON().Resources;
    const kept = Object.entries(resources).filter(([, { Type }]) => types.has(Type));
    expect(Object.fromEntries(kept.map(([id, { Type }]) => [id, Type]))).toEqual(KEPT);
  });

  it('hold the secret with this value, whose change would overwrite the credentials', () => {
    const { Properties } = production.StatusMonitorItwinCredentialsSecretA040B4A7 ?? {};
    expect(Properties?.SecretString).toBe('{"clientId":"","clientSecret":""}');
  });
});

interface MetricQuery {
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

interface Dashboard {
  readonly widgets: readonly { readonly properties: { readonly metrics?: readonly unknown[][] } }[];
}

interface Lambda {
  readonly Environment: { readonly Variables: object };
}
