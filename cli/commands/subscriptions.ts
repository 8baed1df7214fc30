import type { Subscription, SubscriptionRequest } from '../../client/index.js';
import { accepted } from '../api/accepted.ts';
import type { Api } from '../api/connect.ts';
import type { Cli, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { ALERT_STATES, KINDS, last } from '../option-values.ts';
import { plain } from '../text.ts';
import { readHealth } from './monitor.ts';

/** Wide enough for every word of a confirmation, and of a protocol of people. */
const CONFIRMATION_WIDTH = 9;
const PROTOCOL_WIDTH = 5;

/** `subscribe`: somebody gets alerts from now on. */
export function addSubscribe(cli: Cli, context: Context): Cli {
  return cli.command(
    'subscribe <protocol> <endpoint>',
    'Subscribe somebody to alerts',
    withFilter,
    async ({ protocol, endpoint, json, url, utc, retrySeconds, ...filter }) => {
      const { state, onlyWithIssues, labelPrefix, exceptLabelPrefix, kind } = filter;
      const { imodel, exceptImodel } = filter;
      const body: SubscriptionRequest = {
        protocol,
        endpoint,
        ...(state !== undefined && { states: state }),
        ...(onlyWithIssues && { onlyWithIssues }),
        ...(labelPrefix !== undefined && { labelPrefixes: labelPrefix }),
        ...(exceptLabelPrefix !== undefined && { exceptLabelPrefix }),
        ...(kind !== undefined && { jobKinds: kind }),
        ...(imodel !== undefined && { iModelIds: imodel }),
        ...(exceptImodel !== undefined && { exceptIModelIds: exceptImodel }),
      };
      const common = { json, url, utc, 'retry-seconds': retrySeconds };
      const api = context.api(common);
      const subscription = accepted(await api.POST('/subscriptions', { body }), 'subscriptionId');
      if (json) return context.screen.json(subscription);
      const { isLocal } = context.address(common);
      const what = isLocal ? await atLocalRun(subscription, api) : atSns(subscription, context);
      const id = plain(subscription.subscriptionId);
      context.screen.line(`${plain(subscription.endpoint)} ${what}. Subscription ${id}.`);
    },
  );
}

/** `subscriptions`: who is told, and of what. */
export function addSubscriptions(cli: Cli, context: Context): Cli {
  return cli.command(
    'subscriptions',
    'List who is told, and of what',
    (command) =>
      command
        .example('$0 subscriptions', 'Who gets alerts, and who has to confirm yet')
        .example(
          '$0 subscriptions --json | jq ".[] | select(.confirmation == \\"Vanished\\")"',
          'Who is lost',
        )
        .epilogue(
          'Into a pipe, a receiver is a line: confirmation, protocol, endpoint, what they are told of, ' +
            'subscription id; tabs between them.',
        ),
    async (common) => {
      const { subscriptions } = await listOf(context.api(common));
      const { screen } = context;
      if (common.json) screen.json(subscriptions);
      else if (subscriptions.length === 0 && screen.isTerminal) screen.line('No subscriptions.');
      else for (const each of subscriptions) screen.line(lineOf(each, screen.isTerminal));
    },
  );
}

/** `unsubscribe WHO`: no alert goes there any more. */
export function addUnsubscribe(cli: Cli, context: Context): Cli {
  return cli.command(
    'unsubscribe <who>',
    'Send somebody no more alerts',
    (command) =>
      command
        .positional('who', {
          type: 'string',
          demandOption: true,
          describe: 'The address, the number, or the subscription id',
        })
        .example('$0 unsubscribe team@example.com', 'Nobody there is told any more'),
    async ({ who, ...common }) => {
      const api = context.api(common);
      const subscriptionId = /^[0-9a-f]{32}$/.test(who) ? who : await idOf(api, who);
      const params = { path: { subscriptionId } };
      const ended = accepted(
        await api.DELETE('/subscriptions/{subscriptionId}', { params }),
        'outcome',
      );
      if (common.json) context.screen.json(ended);
      else context.screen.line(plain(ended.detail));
    },
  );
}

async function listOf(api: Api) {
  return accepted(await api.GET('/subscriptions'), 'subscriptions');
}

/** @throws UsageError when nobody is subscribed so */
async function idOf(api: Api, endpoint: string): Promise<string> {
  const { subscriptions } = await listOf(api);
  const found =
    // There may be one of whom letter case alone tells the other.
    subscriptions.find((each) => each.endpoint === endpoint) ??
    subscriptions.find((each) => each.endpoint.toLowerCase() === endpoint.toLowerCase());
  if (found) return found.subscriptionId;
  throw new UsageError(`Nobody is subscribed as "${endpoint}". "subscriptions" lists who is.`);
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
      choices: ALERT_STATES,
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
      array: true,
      describe: 'Only jobs whose label begins so, in the same case; may be given several times',
    })
    .option('except-label-prefix', {
      type: 'string',
      coerce: last,
      describe: 'No jobs whose label begins so',
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
    .option('except-imodel', {
      type: 'string',
      array: true,
      describe: 'No runs of this iModel; may be given several times',
    })
    .example('$0 subscribe email team@example.com --only-with-issues', 'Who mends what failed')
    .example('$0 subscribe sms +37060000000 --state Failed --state TimedOut', 'At once')
    .epilogue('Repeated, it changes the filter to what it says, and to none when it says none.');
}

/** What somebody gets who is subscribed at SNS. */
function atSns({ confirmation, mailedAt }: Subscription, { screen }: Context): string {
  if (confirmation !== 'Pending') return 'gets alerts';
  const mail = mailedAt === null ? 'the mail by SNS' : `SNS's mail of ${screen.time(mailedAt)}`;
  return `gets alerts once the link in ${mail} was opened`;
}

/** A local run mails by itself, or not at all. */
async function atLocalRun({ confirmation, protocol }: Subscription, api: Api): Promise<string> {
  const { mail } = await readHealth(api);
  if (mail) return confirmation === 'Pending' ? 'gets a first mail, then alerts' : 'gets alerts';
  if (protocol === 'sms') return 'is subscribed, but no local run sends SMS: subscribe an address';
  return 'is subscribed, but this run sends nothing: start it with SMTP_URL and ALERT_TO';
}

function lineOf(subscription: Subscription, isTerminal: boolean): string {
  const { confirmation, protocol, endpoint, subscriptionId } = subscription;
  const words = [plain(confirmation), plain(protocol), plain(endpoint), filterText(subscription)];
  const id = plain(subscriptionId);
  if (!isTerminal) return [...words, id].join('\t');
  const [first = '', second = '', ...rest] = words;
  return `${[first.padEnd(CONFIRMATION_WIDTH), second.padEnd(PROTOCOL_WIDTH), ...rest].join('  ')}\n  ${id}`;
}

/** What somebody is told of, in words. */
function filterText(subscription: Subscription): string {
  const { origin, states, onlyWithIssues, labelPrefixes, exceptLabelPrefix } = subscription;
  const { jobKinds, iModelIds, exceptIModelIds } = subscription;
  if (origin === 'Deployment') return "as the deployment's settings say";
  if (origin === 'Other') return 'as was said at SNS';
  const conditions = [
    states?.join(', '),
    onlyWithIssues ? 'no success without issues' : undefined,
    labelPrefixes && `labels ${labelPrefixes.map((each) => `${each}…`).join(', ')}`,
    exceptLabelPrefix === null ? undefined : `not labels ${exceptLabelPrefix}…`,
    jobKinds?.join(', '),
    iModelIds && `iModels ${iModelIds.join(', ')}`,
    exceptIModelIds && `not iModels ${exceptIModelIds.join(', ')}`,
  ];
  const said = conditions.filter((each) => each != null && each !== '');
  return said.length > 0 ? plain(said.join('; ')) : 'everything';
}
