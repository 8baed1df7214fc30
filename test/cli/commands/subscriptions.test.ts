import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALERT_STATES, JOB_STATES, KINDS } from '../../../cli/option-values.ts';
import * as core from '../../../functions/core/alerts/filters.ts';
import { isTerminal, MONITOR_STATES, UPSTREAM_ENDS } from '../../../functions/core/jobs/states.ts';
import { KIND_NAMES } from '../../../functions/core/kinds/kinds.ts';
import { unsubscribeAll } from '../../local/sns/unsubscribe-all.ts';
import { cli, type HttpApi, startHttpApi } from '../support/cli.ts';
import { Terminal } from '../support/terminal.ts';

const I_MODEL = 'b0d3f8e1-0000-4000-8000-000000000001';

let http: HttpApi;
beforeEach(async () => {
  http = await startHttpApi();
});
afterEach(() => http.close());

describe('subscribe', () => {
  it('subscribes an address with a filter', async () => {
    const { code, stdout } = await http.run(
      ...['subscribe', 'email', 'team@example.com', '--state', 'Failed', '--state', 'TimedOut'],
      ...['--label-prefix', 'Tower', '--label-prefix', 'Bridge', '--only-with-issues'],
      ...['--kind', 'reporting-extraction'],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('team@example.com is subscribed');
    const { body } = await http.api.request('GET', '/subscriptions');
    expect(body.subscriptions).toContainEqual(
      expect.objectContaining({
        endpoint: 'team@example.com',
        states: ['Failed', 'TimedOut'],
        onlyWithIssues: true,
        labelPrefixes: ['Bridge', 'Tower'],
        jobKinds: ['reporting-extraction'],
      }),
    );
  });

  it('leaves out what is excepted', async () => {
    await http.run(
      ...['subscribe', 'sms', '+37060000000', '--except-label-prefix', 'Test'],
      ...['--except-imodel', I_MODEL],
    );
    const { body } = await http.api.request('GET', '/subscriptions');
    expect(body.subscriptions).toContainEqual(
      expect.objectContaining({ exceptLabelPrefix: 'Test', exceptIModelIds: [I_MODEL] }),
    );
  });

  it('says so when it is a local run without a mail server, which sends nothing', async () => {
    const email = await http.run('subscribe', 'email', 'team@example.com');
    expect(email.stdout).toMatch(
      / is subscribed, but this run sends nothing: .*SMTP_URL and ALERT_TO\./,
    );
    const sms = await http.run('subscribe', 'sms', '+37060000000');
    expect(sms.stdout).toMatch(
      / is subscribed, but no local run sends SMS: subscribe an address\./,
    );
  });

  it('says what a deployed API has SNS do', async () => {
    const url = 'https://monitor.example.com';
    const direct = fetch;
    vi.stubGlobal('fetch', (request: Request) =>
      direct(new Request(request.url.replace(url, http.url), request)),
    );
    const run = (...who: readonly string[]) =>
      cli(['subscribe', ...who, '--url', url, '--utc'], { env: { EXTRACTION_MONITOR_TOKEN: 't' } });
    const email = await run('email', 'team@example.com');
    expect(email.stdout).toContain(
      "gets alerts once the link in SNS's mail of 2026-02-10 12:00:00Z was opened.",
    );
    const sms = await run('sms', '+37060000000');
    expect(sms.stdout).toMatch(/^\+37060000000 gets alerts\./);
  });
});

describe('subscriptions', () => {
  it('lists who is told, and of what', async () => {
    await http.run('subscribe', 'sms', '+37060000000');
    await http.run('subscribe', 'email', 'team@example.com', '--state', 'Failed');
    const { stdout } = await http.run('subscriptions');
    expect(stdout).toMatch(/^Confirmed\tsms\t\+37060000000\teverything\t[0-9a-f]{32}$/m);
    expect(stdout).toMatch(/^Pending\temail\tteam@example\.com\tFailed\t[0-9a-f]{32}$/m);
    const terminal = new Terminal({ columns: 80 });
    await cli(['subscriptions', '--url', http.url], { stdout: terminal });
    expect(terminal.text).toMatch(
      /^Pending {4}email {2}team@example\.com {2}Failed\n {2}[0-9a-f]{32}$/m,
    );
    const json = JSON.parse((await http.run('subscriptions', '--json')).stdout);
    expect(json).toContainEqual(expect.objectContaining({ endpoint: 'team@example.com' }));
  });

  it('says at a terminal that there are none, and nothing into a pipe', async () => {
    await unsubscribeAll(http.api.sns);
    const stdout = new Terminal();
    await cli(['subscriptions', '--url', http.url], { stdout });
    expect(stdout.text).toBe('No subscriptions.\n');
    expect((await http.run('subscriptions')).stdout).toBe('');
  });
});

describe('unsubscribe', () => {
  it('ends the subscription of an address, of a number, or by its id', async () => {
    await http.run('subscribe', 'sms', '+37060000000');
    const ended = await http.run('unsubscribe', '+37060000000');
    expect(ended).toMatchObject({ code: 0, stdout: 'No alert goes there any more.\n' });
    const again = await http.run('subscribe', 'sms', '+37060000000', '--json');
    const { subscriptionId } = JSON.parse(again.stdout);
    expect((await http.run('unsubscribe', subscriptionId)).code).toBe(0);
    expect((await http.run('subscriptions')).stdout).not.toContain('+37060000000');
  });

  it('ends that of the address as it is spelled, where another differs in letter case alone', async () => {
    const idOf = async (...args: readonly string[]): Promise<string> =>
      JSON.parse((await http.run(...args, '--json')).stdout).subscriptionId;
    const other = await idOf('subscribe', 'email', 'Team@example.com');
    const meant = await idOf('subscribe', 'email', 'team@example.com');
    expect(other).not.toBe(meant);
    expect(await idOf('unsubscribe', 'team@example.com')).toBe(meant);
    expect(await idOf('unsubscribe', 'TEAM@EXAMPLE.COM')).toBe(other);
  });

  it('says when nobody is subscribed so', async () => {
    const { code, stderr } = await http.run('unsubscribe', 'nobody@example.com');
    expect(code).toBe(2);
    expect(stderr).toContain('Nobody is subscribed as "nobody@example.com".');
  });
});

it('the choices are the words that the API knows', () => {
  expect(ALERT_STATES).toEqual(core.ALERT_STATES);
  const ends = JOB_STATES.filter((state) => isTerminal(state) || state === 'Registered');
  expect(ends.toSorted()).toEqual([...UPSTREAM_ENDS, ...MONITOR_STATES].toSorted());
  expect(KINDS).toEqual(KIND_NAMES);
});
