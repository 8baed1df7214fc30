import { expect, it } from 'vitest';
import { tellWhetherItLetsIn } from '../../local/upstream.ts';

it('a client that gets no token is told of, and why', async () => {
  const warned: string[] = [];
  const environment = {
    ITWIN_API_URL: 'http://127.0.0.1:1',
    ITWIN_TOKEN_URL: 'http://127.0.0.1:1/token',
    ITWIN_CLIENT_ID: 'me',
    ITWIN_CLIENT_SECRET: 'secret',
    JOBS_TABLE: 'Jobs',
    CHECKPOINT_TABLE: 'Checkpoint',
    SUBSCRIPTIONS_TABLE: 'Subscriptions',
    ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Alerts',
    OPERATOR_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Operators',
  };
  const tell = { say: () => expect.unreachable(), warn: (text: string) => warned.push(text) };
  await tellWhetherItLetsIn(environment, tell);
  expect(warned).toEqual([expect.stringMatching(/^There is no access token\. ./)]);
  expect(warned[0]).not.toContain('secret');
});
