import { randomUUID } from 'node:crypto';
import { type Aws, elementIn, type Json } from './aws.ts';
import { type QueueSubscriber, subscribeQueue } from './queue-subscriber.ts';

/** What a smoke test is about. */
export interface SmokeOptions {
  readonly aws: Aws;
  readonly stackName: string;
  /** Id of a run upstream; without it of one that there is not, which ends as `NotFound`. */
  readonly jobId?: string;
  /** How long to wait for the alert (min). */
  readonly minutes: number;
  /** Whether nothing is sent, so that no alert comes. */
  readonly isDryRun: boolean;
  /** Ends the wait for the alert, with its reason as the failure. */
  readonly signal: AbortSignal;
  readonly tell: (step: string) => void;
}

/** How the run is called: by it one knows whether it is watched for this test alone. */
const LABEL = 'Smoke test';

/** A deployed stack did not do what it should: the message says what, and what to look at. */
export class SmokeFailed extends Error {
  override readonly name = 'SmokeFailed';
}

/**
 * Registers a run with a deployed stack and waits until the alert about its end is in a queue of its own,
 * which it takes away again, as it does the job if no alert came, unless that was watched before.
 *
 * @throws SmokeFailed, AwsError when AWS refuses something, or the reason of the signal
 */
export async function smoke(options: SmokeOptions): Promise<void> {
  const { aws, stackName, tell } = options;
  const { ApiUrl, AlertTopicArn } = await outputsOf(options);
  const callApi = (method: string, path: string, body?: Json) =>
    aws.rest('execute-api', method, path, body, ApiUrl);

  const { status } = await callApi('GET', '/health');
  tell(`the API answers, and says that the monitor is ${status}`);
  const jobId = options.jobId ?? randomUUID();
  // SQS takes names of 80 characters at most, and not all that an id may have.
  const queueName = `${stackName.slice(0, 60)}-smoke-${randomUUID().slice(0, 8)}`;
  const queue = await subscribeQueue(aws, AlertTopicArn, queueName);
  let isPending = false;
  try {
    const { label } = await callApi('POST', '/jobs', { jobId, label: LABEL });
    // A run that was watched before keeps its label, and who has it watched is to hear of its end.
    isPending = label === LABEL;
    tell(`run ${jobId} is registered; its alert may take ${options.minutes} minutes`);
    const alert = await alertAbout(jobId, queue.receive, options);
    isPending = false;
    tell(`the alert is in the queue: ${alert.state}, ${alert.reason}`);
  } finally {
    try {
      if (isPending) await callApi('DELETE', `/jobs/${jobId}`);
    } finally {
      await queue.remove();
    }
    tell('queue and subscription are gone again');
  }
}

async function alertAbout(
  jobId: string,
  receive: QueueSubscriber['receive'],
  { minutes, isDryRun, signal }: SmokeOptions,
): Promise<Json> {
  const giveUpAt = Date.now() + minutes * 60_000;
  while (Date.now() < giveUpAt) {
    const alerts = await receive(20, signal);
    const alert = alerts.find((each) => isDryRun || each.jobId === jobId);
    if (alert) return alert;
  }
  throw new SmokeFailed(
    `No alert about ${jobId} came within ${minutes} minutes. Look at the dashboard, and at ` +
      'docs/operations.md#what-happened-to-a-job.',
  );
}

async function outputsOf({ aws, stackName }: SmokeOptions) {
  const xml = await aws.query('cloudformation', 'DescribeStacks', { StackName: stackName });
  const outputs = xml.split('<member>').map((member) => ({
    key: elementIn(member, 'OutputKey'),
    value: elementIn(member, 'OutputValue'),
  }));
  const output = (name: string) => {
    const value = outputs.find(({ key }) => key === name)?.value;
    if (value) return value;
    throw new SmokeFailed(`The stack ${stackName} has no output ${name}.`);
  };
  if (!outputs.some(({ key }) => key === 'CallerPolicy')) {
    throw new SmokeFailed(`${stackName} takes tokens, and this signs its requests.`);
  }
  return { ApiUrl: output('ApiUrl'), AlertTopicArn: output('AlertTopicArn') };
}
