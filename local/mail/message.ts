import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import type { SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import type { AlertFilter } from '../../functions/core/alerts/filters.ts';
import type { Subscription } from '../../functions/core/alerts/listeners.ts';
import { parseJson } from '../../functions/core/objects.ts';
import { oneLine, quote } from '../../functions/core/text.ts';
import { zonedTime } from '../../functions/core/time.ts';
import type { AcceptedAlert } from '../sns/records.ts';

const machineReadable = z.object({ id: z.string() });

/**
 * The id of an alert, which stays the same when it is published once more; of a message that is
 * none of the monitor's, the id that SNS gave it.
 */
export function alertIdOf(alert: AcceptedAlert): string {
  const { data } = machineReadable.safeParse(parseJson(alert.default));
  return data?.id ?? alert.messageId;
}

/**
 * The mail that tells one address of an alert. It is the same mail however often it is sent, so
 * that mail programs, which know a mail by its `Message-ID`, can drop repeats.
 *
 * @param subscriptionId of somebody who asked for it over the API, and may stop it
 */
export function messageOf(
  alert: AcceptedAlert,
  from: string,
  to: string,
  subscriptionId?: string,
): SendMailOptions {
  const footer = subscriptionId ? `\n${howToStop(subscriptionId)}` : '';
  return {
    ...envelope(from, to, alertIdOf(alert), subscriptionId),
    subject: alert.subject ?? 'Alert',
    text: alert.email + footer,
    date: new Date(alert.publishedAt),
  };
}

/** The mail that tells somebody, before any alert, who asked for that and how to stop it. */
export function welcomeOf(
  subscription: Subscription,
  from: string,
  timeZone?: string,
): SendMailOptions {
  const { subscriptionId, endpoint, subscribedBy, updatedAt, filter } = subscription;
  const asked = [
    `Extraction Monitor on ${hostname()} mails its alerts to this address from now on.`,
    `Asked for by: ${oneLine(subscribedBy)}, over its API, on ${zonedTime(updatedAt, timeZone)}`,
  ];
  return {
    ...envelope(from, endpoint, `${subscriptionId} ${updatedAt}`, subscriptionId),
    subject: 'You are subscribed to the alerts of Extraction Monitor',
    text: [...asked, ...inWords(filter), '', howToStop(subscriptionId)].join('\n'),
    date: new Date(updatedAt),
  };
}

/** All conditions: whoever is not told of one takes the silence about other runs for good news. */
function inWords({ states, onlyWithIssues, ...filter }: AlertFilter): string[] {
  const { labelPrefixes = [], exceptLabelPrefix: except, jobKinds } = filter;
  return [
    ...(states ? [`Only of these states: ${states.join(', ')}`] : []),
    ...(onlyWithIssues ? ['Not of runs that succeeded without issues'] : []),
    ...(labelPrefixes.length > 0
      ? ['Only of runs whose label begins with:', ...labelPrefixes.flatMap((each) => quote(each))]
      : []),
    ...(except === undefined ? [] : ['Not of runs whose label begins with:', ...quote(except)]),
    ...(jobKinds ? [`Only of jobs of these kinds: ${jobKinds.join(', ')}`] : []),
    ...ofIModels('Only', filter.iModelIds),
    ...ofIModels('Not', filter.exceptIModelIds),
  ];
}

function ofIModels(which: string, ids: readonly string[] = []): string[] {
  return ids.length > 0
    ? [`${which} of runs of these iModels:`, ...ids.map((id) => `  ${id}`)]
    : [];
}

/** In words, since no link leads from a mailbox to the machine that the monitor runs on. */
function howToStop(subscriptionId: string): string {
  return [
    'To stop these mails, answer this one with the word "unsubscribe": whoever runs the monitor',
    `then ends the subscription ${subscriptionId}.`,
    '',
  ].join('\n');
}

function envelope(
  from: string,
  to: string,
  id: string,
  subscriptionId: string | undefined,
): Pick<SendMailOptions, 'from' | 'to' | 'messageId' | 'headers'> {
  const [local = '', domain] = from.split('@');
  // An address may have characters in it that mean something in a link [RFC 6068, section 2].
  const address = `${encodeURIComponent(local)}@${domain}`;
  const stop = `<mailto:${address}?subject=unsubscribe%20${subscriptionId}>`;
  return {
    from: { name: 'Extraction Monitor', address: from },
    to,
    messageId: `<${hash('sha256', id).slice(0, 32)}@${domain}>`,
    headers: {
      // Keeps out-of-office notes from being sent in reply [RFC 3834, section 5].
      'Auto-Submitted': 'auto-generated',
      ...(subscriptionId && { 'List-Unsubscribe': stop }),
    },
  };
}
