import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { addSweepMetrics, emptyReport } from '../../../functions/monitor/metrics.ts';
import type { CloudFormationTemplate } from '../../../local/template.ts';
import { resolve as resolveValue } from '../../../rehearsal/template.ts';
import { OWN_NAMESPACE } from '../support/alarms.ts';
import { RUNBOOK } from '../support/runbook.ts';
import { templateOf } from '../support/stack.ts';
import { idOf, pathOf, propertiesOf, resolve } from '../support/template-resources.ts';

const synthesized = templateOf();
const template = synthesized.toJSON() as CloudFormationTemplate;
const nameOf = (id: string) => (id.startsWith('AWS::') ? id : pathOf(template, id));
const { DashboardBody, DashboardName } = propertiesOf<{
  DashboardBody: unknown;
  DashboardName: unknown;
}>(template, idOf(template, 'Operations/Dashboard'));
const { widgets } = JSON.parse(resolve(DashboardBody, nameOf)) as { widgets: readonly Widget[] };

describe('the dashboard', () => {
  it('answers these questions', () => {
    const questions = widgets.map(({ properties }) => properties.title.replace(/(?<=\?).*/, ''));
    expect([...new Set(questions)]).toEqual([
      'Alarms',
      'Is it watching?',
      'How far behind?',
      'Are people told?',
      'What ended how?',
      'What ended last?',
      'How many?',
      'Is upstream well?',
      'What held sweeps up?',
      'Does the API answer?',
      'Do the functions run?',
      'Is the monitor invoked?',
      'What does it cost?',
    ]);
  });

  it('is filled to the last column, row by row', () => {
    const rows = Map.groupBy(widgets, ({ y }) => y);
    for (const [, row] of rows) expect(row.reduce((sum, { width }) => sum + width, 0)).toBe(24);
  });

  it('shows every alarm', () => {
    const alarms = Object.keys(synthesized.findResources('AWS::CloudWatch::Alarm'));
    expect(widgets[0]?.properties.alarms).toEqual(alarms.map(nameOf));
  });

  it('shows every metric that the functions emit, and no other of theirs', () => {
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => namespace === OWN_NAMESPACE)
      .map(([, name, , service, , stack]) => `${service} ${name} of ${stack}`);
    expect(new Set(shown)).toEqual(emittedMetrics());
  });

  it('and the metrics that are emitted are no more than CloudWatch gives for nothing', () => {
    expect(emittedMetrics().size).toBeLessThanOrEqual(10);
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    expect(metrics.length).toBeGreaterThan(20);
    expect(metrics.length).toBeLessThanOrEqual(50);
    expect(widgets.length).toBeLessThanOrEqual(50);
  });

  it('is where the output says, in the console of the partition', () => {
    const { DashboardUrl } = synthesized.findOutputs('DashboardUrl');
    const { Conditions } = synthesized.toJSON();
    const urlIn = (partition: string) =>
      resolveValue(
        DashboardUrl?.Value,
        (id) => (id === 'AWS::Partition' ? partition : 'eu-west-1'),
        Conditions,
      );
    const page =
      '/cloudwatch/home?region=eu-west-1#dashboards/dashboard/ExtractionMonitor-eu-west-1';
    expect(urlIn('aws')).toBe(`https://eu-west-1.console.aws.amazon.com${page}`);
    expect(urlIn('aws-cn')).toBe(`https://eu-west-1.console.amazonaws.cn${page}`);
    expect(urlIn('aws-us-gov')).toBe(`https://eu-west-1.console.amazonaws-us-gov.com${page}`);
    expect(resolve(DashboardName, nameOf)).toBe('ExtractionMonitor-AWS::Region');
  });
});

it('the log lines that the dashboard and the runbook look for are lines that functions write', () => {
  const queries = JSON.stringify(widgets).replaceAll('\\"', '"') + RUNBOOK;
  const found = queries.matchAll(/message (?:= |in \[)("[^"]+"(?:, "[^"]+")*)/g);
  const messages = new Set([...found].flatMap(([, texts]) => JSON.parse(`[${texts}]`)));
  expect(messages).toEqual(
    new Set([
      'A job ended',
      'A sweep ended',
      'A check failed',
      'Upstream limits requests for one run alone',
      'The runs of an iModel could not be listed',
      'The logs of a run could not be read',
    ]),
  );
  const source = sourceOf('functions/monitor');
  for (const message of messages) expect(source).toContain(`'${message}'`);
});

/** Each as `service name of stack`. */
function emittedMetrics(): ReadonlySet<string> {
  const everything = Object.keys(emptyReport()).map((key) => [key, 1]);
  const outcomes = ['Completed', 'Paused', 'LeaseHeld', 'Overstayed'] as const;
  const pauses = ['RateLimited', 'CredentialsRefused', 'UpstreamDown', 'UpstreamFault'] as const;
  const metrics = new Metrics({ namespace: OWN_NAMESPACE, serviceName: 'monitor' });
  const listeners = { checkedAt: 0, confirmed: 1, pending: 0, unconfirmed: 0, vanished: 0 };
  for (const outcome of outcomes) {
    for (const pausedFor of pauses) {
      const report = { ...emptyReport(), ...Object.fromEntries(everything), noticesFailed: 0 };
      addSweepMetrics(metrics, { ...report, outcome, pausedFor, lateness: 1, listeners });
    }
  }
  const { _aws } = metrics.serializeMetrics();
  const ofMonitor = _aws.CloudWatchMetrics.flatMap((each) => each.Metrics).map(({ Name }) => Name);
  const ofApi = [...sourceOf('functions/api').matchAll(/'(Jobs[A-Z]\w+)'/g)];
  return new Set([
    ...ofMonitor.map((name) => `monitor ${name} of AWS::StackName`),
    ...ofApi.map(([, name]) => `api ${name} of AWS::StackName`),
  ]);
}

function sourceOf(folder: string): string {
  const path = fileURLToPath(new URL(`../../../${folder}/`, import.meta.url));
  return readdirSync(path, { encoding: 'utf8', recursive: true })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`${path}${file}`, 'utf8'))
    .join('\n');
}

interface Widget {
  readonly y: number;
  readonly width: number;
  readonly properties: {
    readonly title: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}
