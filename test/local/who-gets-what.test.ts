import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertTopic } from '../../functions/adapters/sns/alert-topic.ts';
import { type AlertFilter, JOB_ALERT_STATES } from '../../functions/core/alerts/filters.ts';
import type { Receiver } from '../../functions/core/alerts/listeners.ts';
import { startEmbeddedSns } from '../../local/sns/embedded-sns.ts';
import type { AcceptedAlert } from '../../local/sns/records.ts';
import { subscriptionsOf, synthesizeTemplate } from '../../local/template.ts';
import { confirmLast, subscribe } from '../functions/api/support/subscriptions.ts';
import { startTestApi } from '../functions/api/support/test-api.ts';
import { snsClient } from './sns/sns-client.ts';

/** An alert as filter policies see it. */
interface Sent {
  readonly state: string;
  /** Absent of a digest. */
  readonly containsIssues?: boolean;
  readonly label?: string;
}

/** Somebody with a filter, and what they are to get of all that there can be. */
interface Wish extends Receiver {
  readonly filter: AlertFilter;
  readonly wants: (alert: Sent) => boolean;
}

const isClean = ({ state, containsIssues }: Sent) => state === 'Succeeded' && !containsIssues;

const WISHES: readonly Wish[] = [
  { ...email('everything'), filter: {}, wants: () => true },
  {
    ...email('failures'),
    filter: { states: ['Failed'] },
    wants: ({ state }) => state === 'Failed',
  },
  {
    ...sms(1),
    filter: { states: ['Failed', 'TimedOut', 'StillRunning'] },
    wants: ({ state }) => ['Failed', 'TimedOut', 'StillRunning'].includes(state),
  },
  {
    ...email('issues'),
    filter: { onlyWithIssues: true },
    wants: (alert) => !isClean(alert) && alert !== DIGEST,
  },
  {
    ...sms(2),
    filter: { states: ['Succeeded', 'Failed'], onlyWithIssues: true },
    wants: (alert) => ['Succeeded', 'Failed'].includes(alert.state) && !isClean(alert),
  },
  {
    ...email('nightly'),
    filter: { labelPrefixes: ['Nightly'] },
    wants: ({ label }) => label?.startsWith('Nightly') === true,
  },
  {
    ...email('digests'),
    filter: { states: ['Digest'] },
    wants: (alert) => alert === DIGEST,
  },
  {
    ...email('digests-and-failures'),
    filter: { states: ['Failed', 'Digest'], exceptLabelPrefix: 'Nightly' },
    wants: (alert) =>
      alert === DIGEST || (alert.state === 'Failed' && !alert.label?.startsWith('Nightly')),
  },
  {
    ...email('others'),
    filter: { exceptLabelPrefix: 'Nightly' },
    wants: (alert) => alert !== DIGEST && !alert.label?.startsWith('Nightly'),
  },
  {
    ...sms(3),
    filter: { states: ['Succeeded'], onlyWithIssues: true, labelPrefixes: ['Nightly'] },
    wants: ({ state, containsIssues, label }) =>
      state === 'Succeeded' && containsIssues === true && label?.startsWith('Nightly') === true,
  },
];

const OF_JOBS: readonly Sent[] = JOB_ALERT_STATES.flatMap((state) =>
  [true, false].flatMap((containsIssues) => [
    { state, containsIssues },
    { state, containsIssues, label: 'Nightly, tower B' },
    { state, containsIssues, label: 'Tower B, Nightly' },
    { state, containsIssues, label: 'nightly' },
  ]),
);

const DIGEST: Sent = { state: 'Digest' };

const ALERTS: readonly Sent[] = [...OF_JOBS, DIGEST];

/** What was published, oldest first, and who got it. */
let deliveries: readonly AcceptedAlert[];

describe('whom the stack declares', () => {
  beforeAll(async () => {
    const declared = WISHES.map(({ protocol, endpoint, filter }) => ({
      protocol,
      endpoint,
      filter,
    }));
    const template = synthesizeTemplate({
      alerts: {
        emails: declared
          .filter(({ protocol }) => protocol === 'email')
          .map(({ endpoint: address, filter }) => ({ address, filter })),
        phoneNumbers: declared
          .filter(({ protocol }) => protocol === 'sms')
          .map(({ endpoint: number, filter }) => ({ number, filter })),
      },
    });
    const subscriptions = subscriptionsOf(template);
    const sns = await startEmbeddedSns({ topicName: 'Alerts', subscriptions });
    const client = snsClient(sns.url);
    const topic = createAlertTopic(client, sns.topicArn);
    for (const alert of ALERTS) {
      const text = { subject: 'Alert', email: 'Alert', sms: 'Alert', default: '{}' };
      await topic.publish({ ...text, attributes: attributesOf(alert) });
    }
    deliveries = (await sns.alerts()).toReversed();
    client.destroy();
    await sns.close();
  });

  it.each(WISHES)('$endpoint gets what fits $filter, and nothing else', expectDeliveries);
});

describe('who subscribed over the API', () => {
  let api: Awaited<ReturnType<typeof startTestApi>>;
  beforeAll(async () => {
    api = await startTestApi();
    for (const { protocol, endpoint, filter } of WISHES) {
      await subscribe(api, { protocol, endpoint, ...filter });
      if (protocol === 'email') await confirmLast(api);
    }
    for (const alert of ALERTS) await api.publish(attributesOf(alert));
    deliveries = (await api.sns.alerts()).toReversed();
  });
  afterAll(() => api.close());

  it.each(WISHES)('$endpoint gets what fits $filter, and nothing else', expectDeliveries);

  it('gets nothing before the subscription is confirmed, and everything from then on', async () => {
    await subscribe(api, email('new'));
    await api.publish({ state: 'Failed' });
    const [before] = await api.sns.alerts();
    await confirmLast(api);
    await api.publish({ state: 'Failed' });
    const [after] = await api.sns.alerts();
    expect(before?.deliveredTo).not.toContain('email:new@example.com');
    expect(after?.deliveredTo).toContain('email:new@example.com');
  });

  it('gets what fits the new filter once it is changed', async () => {
    await subscribe(api, { ...sms(1), states: ['Succeeded'] });
    for (const state of ['Failed', 'Succeeded']) await api.publish({ state });
    const [succeeded, failed] = await api.sns.alerts();
    expect(succeeded?.deliveredTo).toContain('sms:+37060000001');
    expect(failed?.deliveredTo).not.toContain('sms:+37060000001');
  });

  it('gets everything once the filter is taken away', async () => {
    await subscribe(api, email('failures'));
    await api.publish({ state: 'Succeeded', containsIssues: 'false' });
    const [alert] = await api.sns.alerts();
    expect(alert?.deliveredTo).toContain('email:failures@example.com');
  });
});

function expectDeliveries({ protocol, endpoint, wants }: Wish): void {
  const got = ALERTS.filter((_, i) =>
    deliveries[i]?.deliveredTo.includes(`${protocol}:${endpoint}`),
  );
  expect(deliveries).toHaveLength(ALERTS.length);
  expect(got).toEqual(ALERTS.filter(wants));
  expect(got).not.toEqual([]);
}

function attributesOf({ state, containsIssues, label }: Sent): Record<string, string> {
  return {
    state,
    ...(containsIssues !== undefined && { containsIssues: String(containsIssues) }),
    ...(label && { label }),
  };
}

function email(name: string): Receiver {
  return { protocol: 'email', endpoint: `${name}@example.com` };
}

function sms(digit: number): Receiver {
  return { protocol: 'sms', endpoint: `+3706000000${digit}` };
}
