/**
 * `npm run smoke -- --stack NAME`: registers a run with a stack that is deployed in AWS, and waits for the
 * alert about it. It has never run against AWS: what it does there, `--dry-run` shows.
 */
import { parseArgs } from 'node:util';
import { AwsError, connectToAws } from './aws.ts';
import { SmokeFailed, smoke } from './smoke-run.ts';

const USAGE = `Usage: npm run smoke -- --stack NAME [--region REGION] [--job ID] [--minutes 20] [--dry-run]

  --stack    the stack, as docs/configuration.md names it
  --region   where it is; else AWS_REGION says it
  --job      the id of a run upstream; without it one that there is not, which ends as NotFound
  --minutes  how long to wait for the alert
  --dry-run  show the requests and send none`;

/** What stands for an answer in a dry run. */
const ANSWER = {
  status: '(its status)',
  QueueUrl: 'QUEUE_URL',
  Attributes: { QueueArn: 'QUEUE_ARN' },
  Messages: [
    {
      ReceiptHandle: 'RECEIPT_HANDLE',
      Body: JSON.stringify({ Message: '{"state": "(its state)", "reason": "(its reason)"}' }),
    },
  ],
};
const XML = [
  ['ApiUrl', 'https://api-id.execute-api.region.amazonaws.com'],
  ['AlertTopicArn', 'ALERT_TOPIC_ARN'],
  ['CallerPolicy', '(a policy)'],
]
  .map(([key, value]) => `<OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>`)
  .concat('<SubscriptionArn>SUBSCRIPTION_ARN</SubscriptionArn>')
  .join('<member>');

const { stack, region, job, minutes, 'dry-run': isDryRun } = readArguments();
if (!stack || !region || !(Number(minutes) > 0)) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const dryRun = (request: string) => {
    console.log(`  ${request}`);
    return request.includes(' Action=') ? XML : JSON.stringify(ANSWER);
  };
  // Unheard, a signal would leave the queue subscribed, and the job behind.
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new SmokeFailed('Stopped before the alert came.'));
  // npm passes a Ctrl-C on that the terminal has sent us already: the second must not kill.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
  await smoke({
    aws: connectToAws({ region, ...(isDryRun && { dryRun }) }),
    stackName: stack,
    ...(job && { jobId: job }),
    minutes: Number(minutes),
    isDryRun,
    signal: interruption.signal,
    tell: (step) => console.log(isDryRun ? `then: ${step}` : `✓ ${step}`),
  }).catch((error: unknown) => {
    if (!(error instanceof SmokeFailed || error instanceof AwsError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
}

function readArguments() {
  const text = { type: 'string' } as const;
  const options = {
    stack: text,
    region: { ...text, default: process.env.AWS_REGION ?? '' },
    job: text,
    minutes: { ...text, default: '20' },
    'dry-run': { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    // Of an option that there is not, or one without its value.
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}
