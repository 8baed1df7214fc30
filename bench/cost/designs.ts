import type { CloudFormationTemplate } from '../../local/template.ts';
import {
  type Design,
  MAX_CHECKS_PER_MINUTE,
  type Quantities,
  SWEEPS_PER_MONTH,
  times,
  together,
} from './bill.ts';
import type { Units } from './measure.ts';
import { logPerSweep, OPERATIONS, partsPerMonth } from './stack-parts.ts';

/** How long (s) upstream takes to answer. */
const ANSWER = 0.1;
/** Checks in flight at a time: the default. */
const CONCURRENCY = 50;
/** Memory (GB) of the monitor's functions, and of the smallest there is. */
const OWN_MEMORY = 0.5;
const SMALLEST_MEMORY = 0.125;
/** How long (s) a sweep takes besides its checks, and an invocation for one check besides that. */
const SWEEP_OVERHEAD = 0.25;
const INVOCATION_OVERHEAD = 0.01;
/** Index entries read for each check when passes skip jobs: the most that `bench:delay` shows. */
const ENTRIES_WHEN_OVERLOADED = 3;
/** Tokens last an hour. */
const SECRET_READS = SWEEPS_PER_MONTH / 60;
/** What stays of a job in the table and its indexes (GB), for the 90 days until it expires. */
const RECORD = 1.5e-6;
const RECORD_MONTHS = 3;

/** A sweep without its checks. */
const INVOCATION: Quantities = {
  lambdaRequest: 1,
  lambdaGbSecond: SWEEP_OVERHEAD * OWN_MEMORY,
};
/** One that the schedule begins. */
const SWEEP = together(INVOCATION, { scheduledInvocation: 1 });
/**
 * Requests to a queue in a minute: Lambda polls with five long polls of 20 s for as long as there are no
 * messages [https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html].
 */
const POLLS = 15;
/** Follow-ups of a sweep, with `checkEverySeconds` as it is by default and room in the budget. */
const FOLLOW_UPS = 3;

/** The part that every design needs: somebody registers a run, and somebody is told of its end. */
const IN_AND_OUT: Quantities = {
  httpApiRequest: 1,
  lambdaRequest: 1,
  lambdaGbSecond: 0.02 * OWN_MEMORY,
  snsPublish: 1,
};

/** This design, with what it was measured to ask of DynamoDB. */
export function ownDesign(template: CloudFormationTemplate, units: Units): Design {
  const sweep = together(units.sweep, SWEEP, { logGb: logPerSweep() });
  return {
    name: 'this design',
    monthly: together(times(SWEEPS_PER_MONTH, sweep), partsPerMonth(template), {
      secretRead: SECRET_READS,
    }),
    perCheck: ({ pending }) => ({
      readUnit:
        units.check.readUnit * (pending > MAX_CHECKS_PER_MINUTE ? ENTRIES_WHEN_OVERLOADED : 1),
      writeUnit: units.check.writeUnit,
      lambdaGbSecond: (ANSWER / CONCURRENCY) * OWN_MEMORY,
    }),
    perRun: together(IN_AND_OUT, units.run, { storedGbMonth: RECORD * RECORD_MONTHS }),
  };
}

/**
 * The same with follow-ups while jobs are pending, so many hours a day: one request sends those of a
 * minute, and each is received and deleted.
 */
export function soonerDesign(
  template: CloudFormationTemplate,
  units: Units,
  hours: number,
): Design {
  const own = ownDesign(template, units);
  const share = hours / 24;
  const followUp = together(units.sweep, INVOCATION, { logGb: logPerSweep(), sqsRequest: 2 });
  const perMinute = together({ sqsRequest: 1 }, times(FOLLOW_UPS, followUp));
  return {
    ...own,
    name: 'this design, sooner',
    monthly: together(
      own.monthly,
      { sqsRequest: POLLS * SWEEPS_PER_MONTH },
      times(share * SWEEPS_PER_MONTH, perMinute),
    ),
    perCheck: (load) => times(1 + FOLLOW_UPS, own.perCheck(load)),
  };
}

/** The same without alarms, dashboard and metrics, which no peer is charged for here. */
export function ownDesignBare(template: CloudFormationTemplate, units: Units): Design {
  const { monthly, ...design } = ownDesign(template, units);
  const bare = Object.entries(monthly).filter(
    ([priced]) => !OPERATIONS.some((operation) => operation === priced),
  );
  return { ...design, name: 'this design, bare', monthly: Object.fromEntries(bare) };
}

/** The usual poller, with what its small version in `bench/peers` was measured to ask of DynamoDB. */
export function stampingPoller(units: Units): Design {
  return {
    name: 'stamping poller',
    monthly: together(times(SWEEPS_PER_MONTH, SWEEP), { secretMonth: 1, secretRead: SECRET_READS }),
    perCheck: () => together(units.check, { lambdaGbSecond: (ANSWER / CONCURRENCY) * OWN_MEMORY }),
    perRun: together(IN_AND_OUT, units.run),
  };
}

/**
 * What else a user might build, each as cheap as its services allow: no log, no alarms, and no record of
 * a job that anybody could look up.
 */
export const PEERS: readonly Design[] = [
  {
    // Wait, HTTP task, choice: three transitions, and no function. An Express workflow lasts 5 min at
    // most, so it cannot wait for a run.
    // https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
    // https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    name: 'Step Functions loop',
    monthly: {},
    perCheck: () => ({ stateTransition: 3 }),
    perRun: together(IN_AND_OUT, { stateTransition: 2 }),
  },
  {
    // Of Lambda durable functions. Each check is a retry of the step, one operation, and an invocation
    // of its own; with a fixed wait of a minute instead of the default backoff.
    // https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk-retries.html
    name: 'waitForCondition',
    monthly: { secretMonth: 1, secretRead: SECRET_READS },
    perCheck: () => ({
      durableOperation: 1,
      durableGbWritten: 200e-9,
      lambdaRequest: 1,
      lambdaGbSecond: (ANSWER + INVOCATION_OVERHEAD) * SMALLEST_MEMORY,
    }),
    perRun: together(IN_AND_OUT, { durableOperation: 2 }),
  },
  {
    // A message for each job, received, sent again with a delay of a minute and deleted, always in
    // full batches of ten; ten checks to an invocation, all at once.
    name: 'SQS delay loop',
    monthly: { secretMonth: 1, secretRead: SECRET_READS, sqsRequest: POLLS * SWEEPS_PER_MONTH },
    perCheck: () => ({
      sqsRequest: 0.3,
      lambdaRequest: 0.1,
      lambdaGbSecond: ((ANSWER + INVOCATION_OVERHEAD) * SMALLEST_MEMORY) / 10,
    }),
    perRun: together(IN_AND_OUT, { sqsRequest: 1 }),
  },
];
