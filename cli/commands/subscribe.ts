import type { Subscription, SubscriptionRequest } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Cli, Context } from '../context.ts';
import { KINDS, last } from '../option-values.ts';
import { plain } from '../text.ts';

/** What an alert can tell of; `StillRunning` is the reminder. */
const STATES = [
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  'Aborted',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'StillRunning',
] as const satisfies SubscriptionRequest['states'];

/** `subscribe`: somebody gets alerts from now on. */
export function addSubscribe(cli: Cli, context: Context): Cli {
  return cli.command(
    'subscribe <protocol> <endpoint>',
    'Subscribe somebody to alerts',
    withFilter,
    async ({ protocol, endpoint, state, onlyWithIssues, labelPrefix, kind, imodel, ...common }) => {
      const body: SubscriptionRequest = {
        protocol,
        endpoint,
        ...(state !== undefined && { states: state }),
        ...(onlyWithIssues && { onlyWithIssues }),
        ...(labelPrefix !== undefined && { labelPrefix }),
        ...(kind !== undefined && { jobKinds: kind }),
        ...(imodel !== undefined && { iModelIds: imodel }),
      };
      const subscription = accepted(await context.api(common).POST('/subscriptions', { body }));
      if (common.json) context.screen.json(subscription);
      else context.screen.line(sentence(subscription));
    },
  );
}

function withFilter(command: Cli) {
  return command
    .positional('protocol', {
      choices: ['email', 'sms'] as const,
      demandOption: true,
      describe: 'How to tell them',
    })
    .positional('endpoint', {
      type: 'string',
      demandOption: true,
      describe: 'An address, or a number such as +37060000000',
    })
    .option('state', {
      choices: STATES,
      array: true,
      describe: 'Only alerts of this state; may be given several times',
    })
    .option('only-with-issues', {
      type: 'boolean',
      default: false,
      describe: 'All but the jobs that Succeeded without issues',
    })
    .option('label-prefix', {
      type: 'string',
      coerce: last,
      describe: 'Only jobs whose label begins so, in the same case',
    })
    .option('kind', {
      choices: KINDS,
      array: true,
      describe: 'Only jobs of this kind; may be given several times',
    })
    .option('imodel', {
      type: 'string',
      array: true,
      describe: 'Only runs of the iModel with this id; may be given several times',
    })
    .example('$0 subscribe email team@example.com --only-with-issues', 'Who mends what failed')
    .example('$0 subscribe sms +37060000000 --state Failed --state TimedOut', 'At once')
    .epilogue('Repeated, it changes the filter to what it says, and to none when it says none.');
}

function sentence({ confirmation, endpoint, subscriptionId }: Subscription): string {
  const isPending = confirmation === 'Pending';
  const what = isPending ? 'alerts once the link in the mail by SNS was opened' : 'alerts';
  return `${plain(endpoint)} gets ${what}. Subscription ${plain(subscriptionId)}.`;
}
