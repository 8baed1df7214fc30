import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Aws, AwsError, type Json } from '../../rehearsal/aws.ts';
import { SmokeFailed, smoke } from '../../rehearsal/smoke-run.ts';

const MAIN = fileURLToPath(new URL('../../rehearsal/smoke.ts', import.meta.url));
const FAKE_AWS = new URL('./fake-aws.ts', import.meta.url).href;
const JOB_ID = '40f71ed2-31a3-45d3-bce0-5c9f3f112c03';

function run(...options: readonly string[]) {
  const { AWS_REGION: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...options], { env });
  return { status, output: stdout.toString(), errors: stderr.toString() };
}

describe('npm run smoke', () => {
  it('shows in a dry run what it would send, and sends none of it', () => {
    const { status, output } = run(
      '--stack',
      'Prod',
      '--region',
      'eu-west-1',
      '--job',
      JOB_ID,
      '--dry-run',
    );
    expect(status).toBe(0);
    expect(
      output.match(/Action=\w+|AmazonSQS\.\w+|amazonaws\.com\/(health|jobs)|then: .+/g),
    ).toEqual([
      'Action=DescribeStacks',
      'amazonaws.com/health',
      'then: the API answers, and says that the monitor is (its status)',
      'AmazonSQS.CreateQueue',
      'AmazonSQS.GetQueueAttributes',
      'AmazonSQS.SetQueueAttributes',
      'Action=Subscribe',
      'amazonaws.com/jobs',
      `then: run ${JOB_ID} is registered; its alert may take 20 minutes`,
      'AmazonSQS.ReceiveMessage',
      'AmazonSQS.DeleteMessage',
      'then: the alert is in the queue: (its state), (its reason)',
      'Action=Unsubscribe',
      'AmazonSQS.DeleteQueue',
      'then: queue and subscription are gone again',
    ]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('takes away what it made after a %s', async (signal) => {
    const options = ['--stack', 'Prod', '--region', 'eu-west-1', '--job', JOB_ID];
    const child = spawn(process.execPath, ['--import', FAKE_AWS, MAIN, ...options], {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const errors = text(child.stderr);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const wasWaiting = output.includes('ReceiveMessage');
      output += chunk;
      // Twice, as a terminal and npm send it.
      if (!wasWaiting && output.includes('ReceiveMessage'))
        for (const _ of [1, 2]) child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(await errors).toBe('Stopped before the alert came.\n');
    expect(output.split('\n').slice(-5)).toEqual([
      `DELETE /jobs/${JOB_ID}`,
      'Unsubscribe',
      'AmazonSQS.DeleteQueue',
      '✓ queue and subscription are gone again',
      '',
    ]);
  });

  it.each([
    [[]],
    [['--stack', 'Prod']],
    [['--stack', 'Prod', '--region', 'x', '--minutes', '0']],
    [['--help']],
    [['--stack']],
    [['--stack', 'Prod', '--region', 'x', 'now']],
  ])('says how it is used when it is given %s', (options) => {
    const { status, errors } = run(...options);
    expect(status).toBe(2);
    expect(errors).toMatch(/^Usage: /m);
    expect(errors).not.toMatch(/^ +at /m);
  });

  it.each([
    ['credentials', {}, 'There are no AWS credentials to sign with: '],
    [
      'a way to AWS',
      { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
      'There is no way to cloudformation.no-such-region.amazonaws.com. See to the region and',
    ],
  ])('says in a sentence that there is not %s', (_, environment, sentence) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAIN, '--stack', 'Prod', '--region', 'no-such-region'],
      {
        env: {
          PATH: process.env.PATH,
          HOME: '/nowhere',
          AWS_EC2_METADATA_DISABLED: 'true',
          ...environment,
        },
        encoding: 'utf8',
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

/** A stack in AWS, as far as a smoke test sees it. */
function stackThat({
  alerts = [] as readonly Json[],
  outputs = ['ApiUrl', 'AlertTopicArn', 'CallerPolicy'],
  refuses = '',
  watched = {} as Json,
}) {
  const asked: string[] = [];
  const ask = (request: string) => {
    asked.push(request);
    if (request === refuses) throw new AwsError(`No ${request}.`);
  };
  const Messages = alerts.map((alert) => ({
    Body: JSON.stringify({ Message: JSON.stringify(alert) }),
  }));
  const aws: Aws = {
    region: 'eu-west-1',
    async json(_, operation) {
      ask(operation);
      return { QueueUrl: 'QUEUE', ...(operation === 'ReceiveMessage' && { Messages }) };
    },
    async query(_, action) {
      ask(action);
      const output = (key: string) =>
        `<OutputValue>${key}-value</OutputValue><OutputKey>${key}</OutputKey>`;
      return outputs.map(output).join('<member>');
    },
    async rest(_, method, path, body, origin) {
      ask(`${method} ${path} at ${origin}`);
      return { ...body, ...watched };
    },
  };
  const { signal } = new AbortController();
  const options = {
    aws,
    stackName: 'Prod',
    jobId: JOB_ID,
    isDryRun: false,
    tell: () => {},
    signal,
  };
  return { asked, smoke: () => smoke({ ...options, minutes: alerts.length > 0 ? 1 : 1e-9 }) };
}

describe('a smoke test', () => {
  it('ends with the alert about its own run, and takes away what it made', async () => {
    const stack = stackThat({ alerts: [{ jobId: 'another' }, { jobId: JOB_ID, state: 'Failed' }] });
    await stack.smoke();
    expect(stack.asked).not.toContain(`DELETE /jobs/${JOB_ID} at ApiUrl-value`);
    expect(stack.asked.slice(-2)).toEqual(['Unsubscribe', 'DeleteQueue']);
  });

  it('fails when no alert comes, and takes away the job, too', async () => {
    const stack = stackThat({});
    await expect(stack.smoke()).rejects.toThrow(SmokeFailed);
    expect(stack.asked.slice(-3)).toEqual([
      `DELETE /jobs/${JOB_ID} at ApiUrl-value`,
      'Unsubscribe',
      'DeleteQueue',
    ]);
  });

  it('takes the queue away when the API refuses the run', async () => {
    const stack = stackThat({ refuses: 'POST /jobs at ApiUrl-value' });
    await expect(stack.smoke()).rejects.toThrow(AwsError);
    expect(stack.asked.slice(-3)).toEqual([
      'POST /jobs at ApiUrl-value',
      'Unsubscribe',
      'DeleteQueue',
    ]);
  });

  it.each([
    'Subscribe',
    'SetQueueAttributes',
    'Unsubscribe',
    `DELETE /jobs/${JOB_ID} at ApiUrl-value`,
  ])('takes the queue away when AWS refuses %s', async (refuses) => {
    const stack = stackThat({ refuses });
    await expect(stack.smoke()).rejects.toThrow(`No ${refuses}.`);
    expect(stack.asked.at(-1)).toBe('DeleteQueue');
  });

  it('lets a run go on that is watched for somebody else', async () => {
    const stack = stackThat({ watched: { label: 'Tower B' } });
    await expect(stack.smoke()).rejects.toThrow(SmokeFailed);
    expect(stack.asked).not.toContain(`DELETE /jobs/${JOB_ID} at ApiUrl-value`);
    expect(stack.asked.slice(-2)).toEqual(['Unsubscribe', 'DeleteQueue']);
  });

  it('is not for a stack that takes tokens, nor for one that is another', async () => {
    const tokens = stackThat({ outputs: ['ApiUrl', 'AlertTopicArn'] });
    await expect(tokens.smoke()).rejects.toThrow('takes tokens');
    await expect(stackThat({ outputs: ['CallerPolicy'] }).smoke()).rejects.toThrow(
      'no output ApiUrl',
    );
  });
});
