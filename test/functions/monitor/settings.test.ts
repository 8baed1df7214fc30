import { describe, expect, it } from 'vitest';
import { InvalidSetting } from '../../../functions/adapters/lambda/environment.ts';
import { readMonitorSettings } from '../../../functions/monitor/settings.ts';

const LEAST = {
  JOBS_TABLE: 'jobs',
  CHECKPOINT_TABLE: 'checkpoint',
  SUBSCRIPTIONS_TABLE: 'subscriptions',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:alerts',
  OPERATOR_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:operators',
  ITWIN_CREDENTIALS_SECRET: 'itwin',
};

describe('the settings of the monitor', () => {
  it('need no more than tables, topic and credentials', () => {
    expect(readMonitorSettings(LEAST)).toEqual({
      jobsTable: 'jobs',
      checkpointTable: 'checkpoint',
      subscriptionsTable: 'subscriptions',
      alertTopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
      operatorTopicArn: 'arn:aws:sns:us-east-1:123456789012:operators',
      declared: [],
      iModels: [],
      remindAfterMinutes: 0,
      apiUrl: new URL('https://api.bentley.com'),
      tokenUrl: new URL('https://ims.bentley.com/connect/token'),
      clientAuthentication: 'client_secret_post',
      credentials: { kind: 'Secret', secretId: 'itwin' },
      checksPerMinute: 60,
      checkEvery: 15_000,
      concurrency: 50,
      unusuallyLong: true,
    });
  });

  it('take an empty variable for one that is not set', () => {
    const empty = {
      ITWIN_API_URL: '',
      ITWIN_TOKEN_URL: '',
      ITWIN_CLIENT_AUTHENTICATION: '',
      CHECKS_PER_MINUTE: '',
      CHECK_CONCURRENCY: '',
    };
    expect(readMonitorSettings({ ...LEAST, ...empty })).toEqual(readMonitorSettings(LEAST));
  });

  it('may say where upstream is, how to get in, and how much to ask of it', () => {
    const settings = readMonitorSettings({
      ...LEAST,
      ITWIN_API_URL: 'http://127.0.0.1:4010',
      ITWIN_TOKEN_URL: 'http://127.0.0.1:4010/connect/token',
      ITWIN_CLIENT_AUTHENTICATION: 'client_secret_basic',
      CHECKS_PER_MINUTE: '5000',
      CHECK_CONCURRENCY: '500',
      UNUSUALLY_LONG: 'false',
      CHECK_EVERY_SECONDS: '20',
      LOOK_EVERY_SECONDS: '30',
      DIGEST_AT: '07:00',
      TIME_ZONE: 'Europe/Vilnius',
      PAGE_URL: 'https://monitor.example.com',
      FOLLOW_UP_QUEUE_URL: 'https://sqs.example.com/queue',
    });
    expect(settings).toMatchObject({
      checkEvery: 20_000,
      lookEvery: 30_000,
      digest: { timeZone: 'Europe/Vilnius' },
      timeZone: 'Europe/Vilnius',
      pageUrl: 'https://monitor.example.com/',
      followUpQueueUrl: 'https://sqs.example.com/queue',
      apiUrl: new URL('http://127.0.0.1:4010'),
      tokenUrl: new URL('http://127.0.0.1:4010/connect/token'),
      clientAuthentication: 'client_secret_basic',
      checksPerMinute: 5_000,
      concurrency: 500,
      unusuallyLong: false,
    });
  });

  it.each([
    [
      { ITWIN_CLIENT_ID: 'id', ITWIN_CLIENT_SECRET: 'secret' },
      { kind: 'Client', clientId: 'id', clientSecret: 'secret' },
    ],
    [{ ITWIN_ACCESS_TOKEN: 'token' }, { kind: 'Token', accessToken: 'token' }],
  ])('may hold the credentials themselves: %j', (given, credentials) => {
    const { ITWIN_CREDENTIALS_SECRET: _, ...others } = LEAST;
    expect(readMonitorSettings({ ...others, ...given })).toMatchObject({ credentials });
  });

  it.each([
    ['UNUSUALLY_LONG', 'no', 'UNUSUALLY_LONG is "no"; set it to true or false.'],
    ['JOBS_TABLE', '', 'Set JOBS_TABLE to the name of the Jobs table.'],
    ['CHECKPOINT_TABLE', undefined, 'Set CHECKPOINT_TABLE to the name of the Checkpoint table.'],
    ['SUBSCRIPTIONS_TABLE', '', 'Set SUBSCRIPTIONS_TABLE to the name of the Subscriptions table.'],
    ['ALERT_TOPIC_ARN', '', 'Set ALERT_TOPIC_ARN to the ARN of the alert topic.'],
    ['OPERATOR_TOPIC_ARN', '', 'Set OPERATOR_TOPIC_ARN to the ARN of the operator topic.'],
    [
      'ITWIN_CREDENTIALS_SECRET',
      '',
      'Set ITWIN_CLIENT_ID and ITWIN_CLIENT_SECRET, or ITWIN_ACCESS_TOKEN. (A function in AWS has ITWIN_CREDENTIALS_SECRET instead',
    ],
    [
      'ITWIN_API_URL',
      'api.bentley.com',
      'ITWIN_API_URL is "api.bentley.com"; set it to an address such as https://api.bentley.com.',
    ],
    [
      'ITWIN_TOKEN_URL',
      'ftp://ims',
      'ITWIN_TOKEN_URL is "ftp://ims"; set it to an address such as https://ims.bentley.com/connect/token.',
    ],
    [
      'ITWIN_TOKEN_URL',
      'https://me:my-secret@ims.bentley.com/connect/token',
      'ITWIN_TOKEN_URL has a user or a password in it; set it to an address such as https://ims.bentley.com/connect/token.',
    ],
    [
      'ITWIN_CLIENT_AUTHENTICATION',
      'basic',
      'Set ITWIN_CLIENT_AUTHENTICATION to client_secret_post (the default) or client_secret_basic.',
    ],
    [
      'CHECKS_PER_MINUTE',
      '0',
      'CHECKS_PER_MINUTE is "0"; set it to a whole number from 1 to 5000.',
    ],
    [
      'CHECKS_PER_MINUTE',
      '5001',
      'CHECKS_PER_MINUTE is "5001"; set it to a whole number from 1 to 5000.',
    ],
    [
      'CHECK_CONCURRENCY',
      'many',
      'CHECK_CONCURRENCY is "many"; set it to a whole number from 1 to 500.',
    ],
    [
      'TIME_ZONE',
      'Mars/Olympus',
      'TIME_ZONE is "Mars/Olympus"; set it to a time zone such as Europe/Vilnius.',
    ],
    ['DIGEST_AT', 'Sunday', 'DIGEST_AT is "Sunday"; set it to a time such as 07:00, Mon-Fri 07:00'],
  ])('say what to set when %s is %j', (name, value, message) => {
    const read = () => readMonitorSettings({ ...LEAST, [name]: value });
    expect(read).toThrow(InvalidSetting);
    expect(read).toThrow(message);
  });

  it.each([
    ['ITWIN_CLIENT_ID', 'Set ITWIN_CLIENT_SECRET, too, or ITWIN_ACCESS_TOKEN.'],
    ['ITWIN_CLIENT_SECRET', 'Set ITWIN_CLIENT_ID, too, or ITWIN_ACCESS_TOKEN.'],
  ])('say which half of the credentials is missing beside %s', (name, message) => {
    const { ITWIN_CREDENTIALS_SECRET: _, ...others } = LEAST;
    expect(() => readMonitorSettings({ ...others, [name]: 'half' })).toThrow(message);
  });

  it('tell when digests are due, by the clocks of TIME_ZONE unless they name a zone', () => {
    const zoneOf = (DIGEST_AT: string) =>
      readMonitorSettings({ ...LEAST, DIGEST_AT, TIME_ZONE: 'Europe/Vilnius' }).digest?.timeZone;
    expect(zoneOf('07:00')).toBe('Europe/Vilnius');
    expect(zoneOf('07:00 UTC')).toBe('UTC');
    expect(readMonitorSettings(LEAST)).not.toHaveProperty('digest');
  });

  it('never quote a secret', () => {
    const { ITWIN_CREDENTIALS_SECRET: _, ...others } = LEAST;
    const read = () => readMonitorSettings({ ...others, ITWIN_CLIENT_SECRET: 'hush' });
    expect(read).toThrow(InvalidSetting);
    expect(read).not.toThrow('hush');
  });
});
