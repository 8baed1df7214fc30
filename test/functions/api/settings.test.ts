import { describe, expect, it } from 'vitest';
import { InvalidSetting } from '../../../functions/adapters/lambda/environment.ts';
import { readSettings } from '../../../functions/api/settings.ts';

const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:Alerts';
const ENVIRONMENT = {
  JOBS_TABLE: 'Jobs',
  CHECKPOINT_TABLE: 'Checkpoint',
  SUBSCRIPTIONS_TABLE: 'Subscriptions',
  ALERT_TOPIC_ARN: TOPIC_ARN,
};

describe('settings of the API', () => {
  it('are the names of its tables and its topic', () => {
    expect(readSettings(ENVIRONMENT)).toEqual({
      jobsTable: 'Jobs',
      checkpointTable: 'Checkpoint',
      subscriptionsTable: 'Subscriptions',
      alertTopicArn: TOPIC_ARN,
      declared: [],
      iModels: [],
      remindAfterMinutes: 0,
      apiUrl: new URL('https://api.bentley.com'),
    });
  });

  it('may name another iTwin Platform', () => {
    const read = (url: string) => readSettings({ ...ENVIRONMENT, ITWIN_API_URL: url }).apiUrl;
    expect(read('https://qa-api.bentley.com').host).toBe('qa-api.bentley.com');
    expect(() => read('qa-api.bentley.com')).toThrow(InvalidSetting);
  });

  it('may name where the page is, and how its readers sign in', () => {
    const signIn = {
      issuer: 'https://ims.bentley.com',
      clientId: 'spa-7',
      scope: 'itwin-platform',
    };
    const PAGE_SIGN_IN = JSON.stringify(signIn);
    expect(readSettings({ ...ENVIRONMENT, PAGE_SIGN_IN, PAGE_FOLDER: '/tmp/page' })).toMatchObject({
      pageFolder: new URL('file:///tmp/page/'),
      signIn,
    });
  });

  it.each(['{', '{}', '{"issuer":"ims","clientId":"spa-7","scope":"s"}'])(
    'refuse a way to sign in that cannot be read: %s',
    (PAGE_SIGN_IN) => {
      const read = () => readSettings({ ...ENVIRONMENT, PAGE_SIGN_IN });
      expect(read).toThrow(InvalidSetting);
      expect(read).toThrow('Set PAGE_SIGN_IN to JSON such as {"issuer":');
    },
  );

  it('may name a usual reminder', () => {
    const read = (minutes: string) =>
      readSettings({ ...ENVIRONMENT, REMIND_AFTER_MINUTES: minutes }).remindAfterMinutes;
    expect(read('120')).toBe(120);
    expect(() => read('2 h')).toThrow(InvalidSetting);
  });

  it('name whom the deployment subscribes', () => {
    const DECLARED_SUBSCRIPTIONS = '["email:team@example.com","sms:+37060000000"]';
    expect(readSettings({ ...ENVIRONMENT, DECLARED_SUBSCRIPTIONS })).toMatchObject({
      declared: [
        { protocol: 'email', endpoint: 'team@example.com' },
        { protocol: 'sms', endpoint: '+37060000000' },
      ],
    });
  });

  it.each([
    'email:team@example.com',
    '{}',
    '["team@example.com"]',
    '["to email:team@example.com"]',
    '["email:team@example.com\\nme@example.com"]',
    '[7]',
  ])('refuse receivers that cannot be read: %s', (DECLARED_SUBSCRIPTIONS) => {
    const read = () => readSettings({ ...ENVIRONMENT, DECLARED_SUBSCRIPTIONS });
    expect(read).toThrow(InvalidSetting);
    expect(read).toThrow('Set DECLARED_SUBSCRIPTIONS to JSON such as ["email:');
  });

  it.each([
    [{ clientIds: ['service-1'] }, { clientIds: ['service-1'], subjects: [], organizations: [] }],
    [{ subjects: ['a', 'b'] }, { clientIds: [], subjects: ['a', 'b'], organizations: [] }],
    [
      { clientIds: [], organizations: ['o'] },
      { clientIds: [], subjects: [], organizations: ['o'] },
    ],
  ])('name the admitted callers: %j', (callers, admittedCallers) => {
    const environment = { ...ENVIRONMENT, ADMITTED_CALLERS: JSON.stringify(callers) };
    expect(readSettings(environment)).toMatchObject({ admittedCallers });
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' '],
    ['no JSON', 'service-1'],
    ['null', 'null'],
    ['a list', '["service-1"]'],
    ['a string', '"service-1"'],
    ['no list at all', '{}'],
    ['empty lists alone', '{"clientIds":[],"subjects":[],"organizations":[]}'],
    ['a value that is in no list', '{"clientIds":"service-1"}'],
    ['a list of no strings', '{"clientIds":[1]}'],
    ['a list that is null', '{"clientIds":["service-1"],"subjects":null}'],
    ['a list by a name that is not known', '{"clientIds":["service-1"],"clientIDs":["b"]}'],
    ['an empty value', '{"clientIds":["service-1",""]}'],
    ['a value with a blank at its end', '{"clientIds":["service-1 "]}'],
    ['several values in one', '{"clientIds":["service-1 service-2"]}'],
    ['an array as API Gateway writes it', '{"clientIds":["[service-1]"]}'],
  ])('admit nobody by mistake: %s is refused, with what to write', (_, text) => {
    const read = () => readSettings({ ...ENVIRONMENT, ADMITTED_CALLERS: text });
    expect(read).toThrow(InvalidSetting);
    expect(read).toThrow('Set ADMITTED_CALLERS to JSON such as {"clientIds":["…"]');
  });

  it('say which of them is missing', () => {
    for (const variable of Object.keys(ENVIRONMENT)) {
      const without = { ...ENVIRONMENT, [variable]: undefined };
      expect(() => readSettings(without)).toThrow(InvalidSetting);
      expect(() => readSettings(without)).toThrow(variable);
    }
  });
});
