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
  readonly jwtIssuer?: string;
  readonly jwtAudience: readonly string[];
  readonly pageClientId?: string;
  readonly admittedClients: readonly string[];
  readonly admittedSubjects: readonly string[];
  readonly admittedOrganizations: readonly string[];
}

/** What a stack is called whose settings do not name it. */
export const DEFAULT_STACK_NAME = 'ExtractionMonitor';

const ADMITTED = ['admittedClients', 'admittedSubjects', 'admittedOrganizations'] as const;

/**
 * How long the lists of admitted callers may be in all (bytes): they go into the environment of a
 * function, which is 4 KB with everything else [AWS Lambda quotas].
 */
const MAX_ADMITTED = 3_000;

/** How long they may be together with the receivers of alerts, and iModels, which go there too. */
const MAX_LISTS = 3_200;

/** Refuses settings that do not go together. */
export function refuseConflicts(values: Values, context: z.RefinementCtx): void {
  const conflicts = [stackConflicts, tokenConflicts, subscriptionConflicts];
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
      ...admitted,
    ].join(', ');
    if (idle) yield `${idle}: of no use without jwtIssuer. Write who issues the tokens.`;
    return;
  }
  if (jwtAudience.length === 0) {
    yield 'jwtIssuer is of no use without jwtAudience: write whom the tokens are for.';
  }
  if (admitted.length === 0) {
    yield 'With jwtIssuer alone whoever has a valid token may call, and Bentley gives one to every ' +
      `customer. Write whom you admit: ${ADMITTED.join(', ')}.`;
  }
  if (JSON.stringify(ADMITTED.map((key) => values[key])).length > MAX_ADMITTED) {
    yield `${admitted.join(', ')}: longer than ${MAX_ADMITTED} characters in all. ` +
      'Admit an organization instead of each of its members.';
  }
}

function* subscriptionConflicts(values: Values): Iterable<string> {
  const { emails, phoneNumbers, alerts, imodels } = values;
  for (const [i, { email, phone, ...filter }] of alerts.entries()) {
    if (!email === !phone) yield `alerts[${i}]: write either an email or a phone.`;
    yield* filterConflicts(`alerts[${i}]`, filter);
  }
  const told = [...emails, ...phoneNumbers, ...alerts.flatMap((to) => to.email ?? to.phone ?? [])];
  // The domain of an address has no letter case.
  const keys = told.map((to) => to.replace(/@.*/, (domain) => domain.toLowerCase()));
  const twice = new Set(keys.filter((receiver, i) => keys.indexOf(receiver) !== i));
  for (const receiver of twice) {
    yield `${receiver} is there twice, and SNS keeps one subscription of a receiver: write it once.`;
  }
  const lists = [
    ...told.map((receiver) => `email:${receiver}`),
    ADMITTED.map((key) => values[key]),
    imodels,
  ];
  if (told.length + imodels.length > 0 && JSON.stringify(lists).length > MAX_LISTS) {
    yield `There are too many receivers of alerts and iModels: more than ${MAX_LISTS} characters in all, ` +
      'admitted callers included. Subscribe a mailing list, or name them over the API.';
  }
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
