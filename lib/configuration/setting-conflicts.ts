import type { z } from 'zod';
import { type AlertFilter, excessOf } from '../alert-filter.ts';

/** The settings that can be in conflict, each of the right form in itself. */
interface Values {
  readonly stackName?: string;
  readonly ephemeral?: boolean;
  readonly emails: readonly string[];
  readonly phoneNumbers: readonly string[];
  readonly alerts: readonly (AlertFilter & {
    readonly email?: string;
    readonly phone?: string;
  })[];
  readonly imodels: readonly string[];
  readonly itwinApiUrl?: string;
  readonly itwinTokenUrl?: string;
  readonly digestAt?: string;
  readonly jwtIssuer?: string;
  readonly jwtAudience: readonly string[];
  readonly pageClientId?: string;
  readonly pageScope?: string;
  readonly pageUrl?: string;
  readonly admittedClients: readonly string[];
  readonly admittedSubjects: readonly string[];
  readonly admittedOrganizations: readonly string[];
}

/** What a stack is called whose settings do not name it. */
export const DEFAULT_STACK_NAME = 'ExtractionMonitor';

const ADMITTED = ['admittedClients', 'admittedSubjects', 'admittedOrganizations'] as const;

/** What goes into the environment of a function as it is. */
const AS_THEY_ARE = [
  'itwinApiUrl',
  'itwinTokenUrl',
  'jwtIssuer',
  'pageClientId',
  'pageScope',
  'pageUrl',
  'digestAt',
] as const;

/** How often the name of the stack is in it, as the beginning of what tables, topics and others are called. */
const NAMES = 7;

/**
 * How much of all that has room (bytes) in the environment of a function: 4 KB, of which 1,030 are taken, in
 * whichever region, when every other setting has a variable too [AWS Lambda quotas].
 */
const MAX_ENVIRONMENT = 3_060;

/** Refuses settings that do not go together. */
export function refuseConflicts(values: Values, context: z.RefinementCtx): void {
  const conflicts = [stackConflicts, tokenConflicts, subscriptionConflicts, environmentConflicts];
  for (const message of conflicts.flatMap((of) => [...of(values)])) context.addIssue(message);
}

/** Whoever tries something out must not reach, by a name left out, the stack that others rely on. */
function* stackConflicts({ stackName = DEFAULT_STACK_NAME, ephemeral }: Values): Iterable<string> {
  if (ephemeral && stackName === DEFAULT_STACK_NAME) {
    yield `ephemeral takes the backups and the protection off the tables of ${stackName}, which may be ` +
      'the ones that people rely on. Write a stackName of its own.';
  }
}

function* tokenConflicts(values: Values): Iterable<string> {
  const { jwtIssuer, jwtAudience } = values;
  const admitted = ADMITTED.filter((key) => values[key].length > 0);
  if (!jwtIssuer) {
    const idle = [
      ...(jwtAudience.length > 0 ? ['jwtAudience'] : []),
      ...(values.pageClientId ? ['pageClientId'] : []),
      ...(values.pageScope ? ['pageScope'] : []),
      ...admitted,
    ].join(', ');
    if (idle) yield `${idle}: of no use without jwtIssuer. Write who issues the tokens.`;
    return;
  }
  if (values.pageScope && !values.pageClientId) {
    yield 'pageScope is of no use without pageClientId: write the client that the page signs in with.';
  }
  if (jwtAudience.length === 0) {
    yield 'jwtIssuer is of no use without jwtAudience: write whom the tokens are for.';
  }
  if (admitted.length === 0) {
    yield 'With jwtIssuer alone whoever has a valid token may call, and Bentley gives one to every ' +
      `customer. Write whom you admit: ${ADMITTED.join(', ')}.`;
  }
}

function* subscriptionConflicts(values: Values): Iterable<string> {
  const { alerts } = values;
  for (const [i, { email, phone, ...filter }] of alerts.entries()) {
    if (!email === !phone) yield `alerts[${i}]: write either an email or a phone.`;
    yield* filterConflicts(`alerts[${i}]`, filter);
  }
  // The domain of an address has no letter case.
  const keys = receiversIn(values).map((to) => to.replace(/@.*/, (domain) => domain.toLowerCase()));
  const twice = new Set(keys.filter((receiver, i) => keys.indexOf(receiver) !== i));
  for (const receiver of twice) {
    yield `${receiver} is there twice, and SNS keeps one subscription of a receiver: write it once.`;
  }
}

function receiversIn({ emails, phoneNumbers, alerts }: Values): readonly string[] {
  return [...emails, ...phoneNumbers, ...alerts.flatMap((to) => to.email ?? to.phone ?? [])];
}

/** Lambda refuses what is too long in the midst of a deployment, which is then taken back whole. */
function* environmentConflicts(values: Values): Iterable<string> {
  const { stackName = DEFAULT_STACK_NAME, imodels } = values;
  const receivers = receiversIn(values).map((receiver) => `email:${receiver}`);
  const lists = JSON.stringify([...receivers, ...ADMITTED.map((key) => values[key]), imodels]);
  // Lambda counts the environment as JSON, in which the quotes of the lists are escaped.
  const parts = [JSON.stringify(lists), ...AS_THEY_ARE.map((key) => values[key] ?? '')];
  const bytes = Buffer.byteLength(parts.join('')) + NAMES * stackName.length;
  if (bytes <= MAX_ENVIRONMENT) return;
  yield `The receivers of alerts, admitted callers, iModels and addresses have ${bytes - MAX_ENVIRONMENT} ` +
    'characters more than the environment of a function holds. Subscribe a mailing list, admit an ' +
    'organization instead of each of its members, or name receivers and iModels over the API.';
}

const LISTS = {
  states: 'a state',
  labelPrefixes: 'a beginning',
  jobKinds: 'a kind',
  iModelIds: 'an iModel',
  exceptIModelIds: 'an iModel',
} as const;

function* filterConflicts(name: string, filter: AlertFilter): Iterable<string> {
  for (const list of Object.keys(LISTS) as (keyof typeof LISTS)[]) {
    if (filter[list]?.length !== 0) continue;
    yield `${name}.${list} is empty: name ${LISTS[list]}, or leave it out.`;
  }
  const excess = excessOf(filter);
  if (excess) yield `${name}.${excess.field} ${excess.detail}.`;
}
