import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ListSubscriptionsCommand, ListTopicsCommand, PublishCommand } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedSns } from '../../../local/sns/embedded-sns.ts';
import type { Subscription } from '../../../local/sns/subscription-actions.ts';
import { snsClient } from './sns-client.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-sns-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const FAILED_ONLY = { state: ['Failed'] };
const ISSUES_ONLY = { containsIssues: ['true'] };

function subscriptions(filterPolicy: Subscription['filterPolicy']): readonly Subscription[] {
  return [
    { protocol: 'email', endpoint: 'ops@example.com', filterPolicy },
    { protocol: 'sms', endpoint: '+491701234567' },
  ];
}

const start = (filterPolicy: Subscription['filterPolicy'] = FAILED_ONLY) =>
  startEmbeddedSns({ topicName: 'alerts', subscriptions: subscriptions(filterPolicy), dataDir });

/** Publishes through the SDK and gives the message id that SNS answered. */
async function publish(sns: { url: string; topicArn: string }, Message: string, state = 'Failed') {
  const client = snsClient(sns.url);
  const MessageAttributes = { state: { DataType: 'String', StringValue: state } };
  const input = { TopicArn: sns.topicArn, Message, MessageAttributes };
  try {
    return (await client.send(new PublishCommand(input))).MessageId;
  } finally {
    client.destroy();
  }
}

describe('a restart with the same data directory', () => {
  it('keeps every alert as it was, and lists new ones before it', async () => {
    const first = await start();
    await publish(first, 'one');
    await publish(first, 'two', 'Succeeded');
    const before = await first.alerts();
    await first.close();

    const second = await start();
    expect(await second.alerts()).toEqual(before);
    await publish(second, 'three');
    expect((await second.alerts()).map((alert) => alert.default)).toEqual(['three', 'two', 'one']);
    await second.close();
  });

  it('has the same topic and subscriptions, each once', async () => {
    const inventory = async () => {
      const sns = await start();
      const client = snsClient(sns.url);
      const { Topics } = await client.send(new ListTopicsCommand());
      const { Subscriptions = [] } = await client.send(new ListSubscriptionsCommand());
      client.destroy();
      await sns.close();
      return { Topics, endpoints: Subscriptions.map(({ Endpoint }) => Endpoint).sort() };
    };
    const before = await inventory();
    expect(before.endpoints).toContain('ops@example.com');
    expect(await inventory()).toEqual(before);
  });

  it('applies a changed filter policy to new alerts and leaves the old ones as delivered', async () => {
    const first = await start(FAILED_ONLY);
    await publish(first, 'old');
    await first.close();

    const second = await start(ISSUES_ONLY);
    await publish(second, 'new');
    expect((await second.alerts()).map(({ deliveredTo }) => deliveredTo)).toEqual([
      ['sms:+491701234567'],
      ['email:ops@example.com', 'sms:+491701234567'],
    ]);
    await second.close();
  });
});

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Starts the embedded SNS in a child process, whose files cannot grow past `maxFileSize` blocks. */
async function startProcess(maxFileSize = 'unlimited') {
  const script = fileURLToPath(new URL('./embedded-sns-process.ts', import.meta.url));
  const options = { topicName: 'alerts', subscriptions: subscriptions(FAILED_ONLY), dataDir };
  const limited = `ulimit -f ${maxFileSize}; exec "$0" "$@"`;
  const child: Child = spawn(
    'sh',
    ['-c', limited, process.execPath, script, JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = await once(child.stdout, 'data');
  return { child, sns: JSON.parse(line) as { url: string; topicArn: string } };
}

async function kill(child: Child) {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('a process killed with SIGKILL', () => {
  it('has kept the alert whose publish was answered right before', async () => {
    const { child, sns } = await startProcess();
    const messageId = await publish(sns, 'the last words');
    await kill(child);

    const restarted = await start();
    expect(await restarted.alerts()).toMatchObject([
      {
        messageId,
        default: 'the last words',
        deliveredTo: expect.arrayContaining(['email:ops@example.com']),
      },
    ]);
    await restarted.close();
  });

  it.each([1, 5, 20])(
    'in the midst of publishing, after %i answers, lists each answered alert once',
    async (answers) => {
      const { child, sns } = await startProcess();
      const answered: (string | undefined)[] = [];
      const publishing = Array.from({ length: 40 }, async (_, number) => {
        answered.push(await publish(sns, `alert ${number}`));
        if (answered.length === answers) child.kill('SIGKILL');
      });
      await Promise.allSettled([...publishing, once(child, 'exit')]);
      expect(answered.length).toBeGreaterThanOrEqual(answers);

      const restarted = await start();
      const listed = (await restarted.alerts()).map(({ messageId }) => messageId);
      expect(listed).toEqual(expect.arrayContaining(answered));
      expect(new Set(listed).size).toBe(listed.length);
      await restarted.close();
    },
  );
});

it('refuses an alert that the disk has no room for, and neither lists nor spoils the others', async () => {
  const { child, sns } = await startProcess('8');
  await publish(sns, 'one');
  await expect(publish(sns, 'x'.repeat(10_000))).rejects.toMatchObject({
    name: 'InternalErrorException',
  });
  await publish(sns, 'two');
  await kill(child);

  const restarted = await start();
  expect((await restarted.alerts()).map((alert) => alert.default)).toEqual(['two', 'one']);
  await restarted.close();
});

it('a closed embedded SNS lets its process end', async () => {
  const { child, sns } = await startProcess();
  await publish(sns, 'text');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
