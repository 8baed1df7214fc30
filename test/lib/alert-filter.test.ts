import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as core from '../../functions/core/alerts/filters.ts';
import { KIND_NAMES } from '../../functions/core/kinds/kinds.ts';
import {
  ALERT_STATES,
  type AlertFilter,
  excessOf,
  InvalidAlertFilter,
  JOB_KINDS,
  toFilterPolicy,
} from '../../lib/alert-filter.ts';
import { AlertTopic } from '../../lib/alert-topic.ts';

let sns: FauxqsServer;

beforeAll(async () => {
  sns = await startFauxqs({ port: 0, logger: false });
});

afterAll(() => sns.stop());

describe('a subscriber', () => {
  it('without a filter gets every alert', () => {
    expect(received(undefined, everyEnd)).toEqual(everyEnd);
  });

  it('with an empty filter gets every alert', () => {
    expect(received({}, everyEnd)).toEqual(everyEnd);
  });

  it('can ask for reminders only', () => {
    const reminders = ['StillRunning false', 'StillRunning true'];
    expect(received({ states: ['StillRunning'] }, everyEnd)).toEqual(reminders);
  });

  it('gets digests where nothing or a state asks for them, and nowhere else', () => {
    const alerts = ['Digest', 'Failed false'];
    expect(received({}, alerts)).toEqual(alerts);
    expect(received({ states: ['Digest'] }, alerts)).toEqual(['Digest']);
    expect(received({ states: ['Digest'], exceptLabelPrefix: 'T' }, alerts)).toEqual(['Digest']);
    const others: AlertFilter[] = [{ onlyWithIssues: true }, { exceptLabelPrefix: 'T' }];
    others.push({ exceptIModelIds: ['a'] }, { states: ['Failed'] });
    for (const filter of others) expect(received(filter, alerts)).toEqual(['Failed false']);
    const ofJobs: AlertFilter[] = [{ labelPrefixes: ['T'] }, { iModelIds: ['a'] }];
    for (const filter of ofJobs) expect(received(filter, alerts)).toEqual([]);
  });

  it('can ask for some states only', () => {
    expect(received({ states: ['Failed', 'TimedOut'] }, everyEnd)).toEqual([
      'Failed false',
      'Failed true',
      'TimedOut false',
      'TimedOut true',
    ]);
  });

  it('who asks for issues only is spared a clean success, and never a failure or time-out', () => {
    const rest = everyEnd.filter((end) => end !== 'Succeeded false');
    expect(received({ onlyWithIssues: true }, everyEnd)).toEqual(rest);
  });

  it('who asks for issues only is told of states that are not known today', () => {
    expect(received({ onlyWithIssues: true }, ['Paused false'])).toEqual(['Paused false']);
  });

  it('can ask for successes with issues alone', () => {
    const filter: AlertFilter = { states: ['Succeeded'], onlyWithIssues: true };
    expect(received(filter, everyEnd)).toEqual(['Succeeded true']);
  });

  it('can ask for failures, and for successes with issues', () => {
    const filter: AlertFilter = { states: ['Succeeded', 'Failed'], onlyWithIssues: true };
    expect(received(filter, everyEnd)).toEqual(['Succeeded true', 'Failed false', 'Failed true']);
  });

  it('who asks for failures gets those without issues too, asking for issues or not', () => {
    const filter: AlertFilter = { states: ['Failed'], onlyWithIssues: true };
    expect(received(filter, everyEnd)).toEqual(['Failed false', 'Failed true']);
  });

  it('who asks for issues only is told of a success of which they are not known', () => {
    expect(received({ onlyWithIssues: true }, ['Succeeded unknown'])).toEqual([
      'Succeeded unknown',
    ]);
    const filter: AlertFilter = { onlyWithIssues: true, states: ['Succeeded'] };
    expect(received(filter, ['Succeeded unknown'])).toEqual(['Succeeded unknown']);
  });

  it('can ask for jobs of a kind, and of an iModel', () => {
    const end = 'Failed true Bridge reporting-extraction';
    const other = 'Failed true Bridge grouping-and-mapping-extraction';
    expect(received({ jobKinds: ['reporting-extraction'] }, [end, other])).toEqual([end]);
    const ends = [`${end} a`, `${end} b`, end];
    expect(received({ iModelIds: ['a', 'c'] }, ends)).toEqual([`${end} a`]);
  });

  it('can ask for jobs by the beginning of their label', () => {
    const ends = ['Failed false Bridge-7', 'Failed false bridge', 'Failed false A-Bridge'];
    expect(received({ labelPrefixes: ['Bridge'] }, [...ends, 'Failed false'])).toEqual([ends[0]]);
  });

  it('can ask for jobs by several beginnings of their label, and for all but one', () => {
    const ends = [
      'Failed false Bridge-7',
      'Failed false Tower',
      'Failed false Test',
      'Failed false',
    ];
    expect(received({ labelPrefixes: ['Bridge', 'Tower'] }, ends)).toEqual(ends.slice(0, 2));
    expect(received({ exceptLabelPrefix: 'T' }, ends)).toEqual([ends[0], ends[3]]);
  });

  it('can ask for all runs but those of some iModels', () => {
    const end = 'Failed true Bridge reporting-extraction';
    const ends = [`${end} a`, `${end} b`, `${end} c`, end];
    expect(received({ exceptIModelIds: ['a', 'b'] }, ends)).toEqual(ends.slice(2));
  });

  it('gets what fits all conditions together', () => {
    const filter: AlertFilter = {
      states: ['Succeeded', 'Failed'],
      onlyWithIssues: true,
      labelPrefixes: ['Bridge'],
    };
    const ends = ['Failed true Bridge', 'Failed true Road', 'Succeeded false Bridge'];
    expect(received(filter, ends)).toEqual(['Failed true Bridge']);
  });
});

describe('a filter that would silence alerts', () => {
  it('is refused when it names a state that no alert has', () => {
    const states = ['Failled'] as unknown as NonNullable<AlertFilter['states']>;
    expect(() => filterPolicy({ states })).toThrow(InvalidAlertFilter);
    expect(() => filterPolicy({ states })).toThrow(/Failled.*Name one or more of Succeeded/);
  });

  it('is refused when it names a kind that no alert has, or an empty list', () => {
    const jobKinds = ['carbon'] as unknown as NonNullable<AlertFilter['jobKinds']>;
    expect(() => filterPolicy({ jobKinds })).toThrow(/carbon.*Name one or more of reporting/);
    expect(() => filterPolicy({ jobKinds: [] })).toThrow(InvalidAlertFilter);
    expect(() => filterPolicy({ iModelIds: [] })).toThrow(InvalidAlertFilter);
  });

  it('is refused when it is more than SNS takes', () => {
    const iModelIds = Array.from({ length: 151 }, (_, i) => `${i}`);
    expect(() => filterPolicy({ iModelIds })).toThrow(/^iModelIds must be fewer/);
  });

  it('is refused when it names no state at all', () => {
    expect(() => filterPolicy({ states: [] })).toThrow(InvalidAlertFilter);
  });
});

describe('a filter that is asked for over the API', () => {
  it('knows the same states and kinds', () => {
    expect(core.ALERT_STATES).toEqual(ALERT_STATES);
    expect(KIND_NAMES).toEqual(JOB_KINDS);
  });

  it('lets through what the same filter in the settings of a deployment lets through', () => {
    const anyFilter = fc.record(
      {
        states: fc.subarray([...ALERT_STATES], { minLength: 1 }),
        onlyWithIssues: fc.constant(true as const),
        labelPrefixes: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
        exceptLabelPrefix: fc.string({ minLength: 1 }),
        jobKinds: fc.subarray([...JOB_KINDS], { minLength: 1 }),
        iModelIds: fc.array(fc.uuid(), { minLength: 1, maxLength: 160 }),
        exceptIModelIds: fc.array(fc.uuid(), { minLength: 1, maxLength: 160 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(core.excessOf(filter)).toEqual(excessOf(filter));
        if (excessOf(filter)) return;
        const declared = Object.entries(toFilterPolicy(filter));
        const conditions = declared.map(([name, each]) => [name, each.conditions]);
        expect(core.filterPolicy(filter)).toEqual(Object.fromEntries(conditions));
      }),
    );
  });
});

const everyEnd = ALERT_STATES.filter((state) => state !== 'Digest').flatMap((state) => [
  `${state} false`,
  `${state} true`,
]);

let subscribers = 0;

/** Which alerts reach a subscriber, each told as `state containsIssues label jobKind iModelId`. */
function received(filter: AlertFilter | undefined, alerts: readonly string[]): readonly string[] {
  subscribers += 1;
  const name = `subscriber-${subscribers}`;
  sns.createTopic(name);
  sns.createQueue(name);
  const policy = filterPolicy(filter);
  sns.subscribe({
    topic: name,
    queue: name,
    attributes: {
      RawMessageDelivery: 'true',
      ...(policy !== undefined && { FilterPolicy: JSON.stringify(policy) }),
    },
  });
  for (const alert of alerts) sns.publish(name, alert, { messageAttributes: attributesOf(alert) });
  return (sns.inspectQueue(name)?.messages.ready ?? []).map(({ body }) => body);
}

function attributesOf(alert: string) {
  const names = ['state', 'containsIssues', 'label', 'jobKind', 'iModelId'];
  const attributes = alert.split(' ').map((value, i) => [names[i], value] as const);
  return Object.fromEntries(
    attributes.map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]),
  );
}

/** The filter policy of a subscription as it is deployed. */
function filterPolicy(filter: AlertFilter | undefined): unknown {
  const stack = new Stack();
  new AlertTopic(stack, 'AlertTopic', {
    emails: [{ address: 'team@example.com', ...(filter && { filter }) }],
  });
  const [subscription] = Object.values(
    Template.fromStack(stack).findResources('AWS::SNS::Subscription'),
  );
  return subscription?.Properties.FilterPolicy;
}
