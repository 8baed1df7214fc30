import { SubscriptionFilter } from 'aws-cdk-lib/aws-sns';

/** The words that alerts carry in their attribute `state`: the ends of jobs, the reminder's, the digest's. */
export const ALERT_STATES = [
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  'Aborted',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'StillRunning',
  'Digest',
] as const;

/** A word that an alert can carry in its attribute `state`. */
export type AlertState = (typeof ALERT_STATES)[number];

/** The kinds of upstream jobs, as alerts carry them in their attribute `jobKind`. */
export const JOB_KINDS = [
  'reporting-extraction',
  'grouping-and-mapping-extraction',
  'synchronization-run',
  'carbon-ec3',
  'carbon-one-click-lca',
] as const;

/** A kind of upstream job. */
export type JobKind = (typeof JOB_KINDS)[number];

/** Which alerts a subscriber gets: those that fit every condition given. */
export interface AlertFilter {
  /**
   * Only alerts of these states; `StillRunning` is the reminder's, `Digest` the digest's.
   *
   * @default - every state; digests only where there is no other condition either
   */
  readonly states?: readonly AlertState[];

  /**
   * Leaves out the jobs that `Succeeded` without issues, and nothing else: failures, time-outs, partial
   * successes and reminders still come, and successes whose issues are not known.
   *
   * @default false
   */
  readonly onlyWithIssues?: boolean;

  /**
   * Only jobs whose label begins with one of these, letter case included. A job without a label never does.
   *
   * @default - every job
   */
  readonly labelPrefixes?: readonly string[];

  /**
   * No jobs whose label begins with this, letter case included. Not beside `labelPrefixes`.
   *
   * @default - every job
   */
  readonly exceptLabelPrefix?: string;

  /**
   * Only jobs of these kinds.
   *
   * @default - every kind
   */
  readonly jobKinds?: readonly JobKind[];

  /**
   * Only runs of these iModels, whose ids are UUIDs in lower case. A run whose iModel is not known never
   * is.
   *
   * @default - every run
   */
  readonly iModelIds?: readonly string[];

  /**
   * No runs of these iModels, whose ids are UUIDs in lower case. Not beside `iModelIds`.
   *
   * @default - every run
   */
  readonly exceptIModelIds?: readonly string[];
}

/** An {@link AlertFilter} lets no alert through that there is, or is more than SNS takes. */
export class InvalidAlertFilter extends Error {
  override readonly name = 'InvalidAlertFilter';
}

/**
 * Says an alert filter as an SNS filter policy on the message attributes of alerts.
 * `functions/core/alerts/filters.ts` says the same of the filters that are asked for over
 * the API: docs/decisions/0011-two-filter-policies.md.
 *
 * @throws {InvalidAlertFilter} when a list is empty or has a word that no alert carries, or when there
 *   is more than SNS takes.
 * @see https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
 */
export function toFilterPolicy(filter: AlertFilter): Record<string, SubscriptionFilter> {
  validateWords('state', ALERT_STATES, filter.states);
  validateWords('jobKind', JOB_KINDS, filter.jobKinds);
  for (const name of ['labelPrefixes', 'iModelIds', 'exceptIModelIds'] as const) {
    if (filter[name]?.length === 0) throw new InvalidAlertFilter(`${name} is empty.`);
  }
  const excess = excessOf(filter);
  if (excess) throw new InvalidAlertFilter(`${excess.field} ${excess.detail}.`);
  return Object.fromEntries(
    Object.entries(policyOf(filter)).map(([name, conditions]) => [
      name,
      new SubscriptionFilter([...conditions]),
    ]),
  );
}

type Policy = Readonly<Record<string, readonly unknown[]>>;

function policyOf(filter: AlertFilter): Policy {
  return {
    ...howJobsEnd(filter),
    ...labelCondition(filter),
    ...(filter.jobKinds && { jobKind: filter.jobKinds }),
    ...iModelCondition(filter),
  };
}

/** What an alert without the attribute fits, since `anything-but` alone would leave it out. */
const WITHOUT = { exists: false };

function labelCondition({ labelPrefixes, exceptLabelPrefix: except }: AlertFilter): Policy {
  if (labelPrefixes) return { label: labelPrefixes.map((prefix) => ({ prefix })) };
  return except === undefined ? {} : { label: [{ 'anything-but': { prefix: except } }, WITHOUT] };
}

function iModelCondition({ iModelIds, exceptIModelIds: except }: AlertFilter): Policy {
  if (iModelIds) return { iModelId: iModelIds };
  return except === undefined ? {} : { iModelId: [{ 'anything-but': except }, WITHOUT] };
}

/** What every alert fits, since every alert has a state. */
const EVERY_ALERT = { state: SubscriptionFilter.existsFilter() };

/**
 * The filter policy of a subscription: never an empty one, which SNS takes for none.
 *
 * @throws {InvalidAlertFilter} as {@link toFilterPolicy} does.
 */
export function toSubscriptionPolicy(filter: AlertFilter = {}): {
  readonly filterPolicy: Record<string, SubscriptionFilter>;
} {
  const policy = toFilterPolicy(filter);
  return { filterPolicy: Object.keys(policy).length > 0 ? policy : EVERY_ALERT };
}

/** `state` stands beside `$or` or inside it, since SNS does not say what both would mean. */
function howJobsEnd(filter: AlertFilter): Policy {
  const { states, onlyWithIssues, exceptLabelPrefix, exceptIModelIds } = filter;
  const containsIssues = ['true', 'unknown'];
  if (!states) {
    const digest = isOfOneJob(filter) ? [] : ['Digest'];
    const state = [{ 'anything-but': onlyWithIssues ? ['Succeeded', ...digest] : digest }];
    if (onlyWithIssues) return { $or: [{ state }, { containsIssues }] };
    const isFilter = exceptLabelPrefix !== undefined || exceptIModelIds;
    return isFilter && digest.length > 0 ? { state } : {};
  }
  if (!onlyWithIssues || !states.includes('Succeeded')) return { state: states };
  const rest = states.filter((state) => state !== 'Succeeded');
  const withIssues = { state: ['Succeeded'], containsIssues };
  return rest.length > 0 ? { $or: [{ state: rest }, withIssues] } : withIssues;
}

/**
 * What SNS takes of a filter policy: keys, and values multiplied over its keys. How it counts inside of
 * `$or` it does not say, so each key counts, and the combinations of its branches are added up.
 */
const MOST = { keys: 5, combinations: 150 };

/** Conditions whose lists may be of any length. */
const LONGEST = ['iModelIds', 'exceptIModelIds', 'labelPrefixes'] as const;

/** Conditions on the same attribute, of which a policy has room for one. */
const BOTH = [
  ['labelPrefixes', 'exceptLabelPrefix'],
  ['iModelIds', 'exceptIModelIds'],
] as const;

/** Conditions that no digest fits, which has neither label nor kind nor iModel. */
const OF_ONE_JOB = ['labelPrefixes', 'jobKinds', 'iModelIds'] as const;
const isOfOneJob = (filter: AlertFilter) => OF_ONE_JOB.some((field) => filter[field]);

/**
 * The field of a filter that makes it more than SNS takes, and what would be right.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function excessOf(
  filter: AlertFilter,
): { readonly field: keyof AlertFilter; readonly detail: string } | undefined {
  const both = BOTH.find(([only, except]) => filter[only] && filter[except]);
  if (both) {
    const [only, field] = both;
    return { field, detail: `must be left out, or ${only}: SNS takes one condition on each` };
  }
  if (filter.states?.includes('Digest') && isOfOneJob(filter))
    return { field: 'states', detail: 'must be without Digest, which is of all jobs' };
  const { $or = [], ...rest } = policyOf(filter);
  const branches = ($or as Policy[]).map((branch) => Object.values(branch));
  const beside = Object.values(rest);
  if (beside.length + branches.flat().length > MOST.keys) {
    return {
      field: 'states',
      detail: 'must be left out, or another condition: SNS takes no more keys',
    };
  }
  const inside = branches.reduce((sum, lists) => sum + product(lists), 0) || 1;
  if (product(beside) * inside <= MOST.combinations) return undefined;
  return {
    field: LONGEST.find((field) => filter[field]) ?? 'states',
    detail: `must be fewer: multiplied by other conditions they are over ${MOST.combinations}, SNS's most`,
  };
}

function product(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((combinations, list) => combinations * list.flatMap(valuesIn).length, 1);
}

/** SNS does not say how it counts what is left out, so each value counts. */
function valuesIn(condition: unknown): readonly unknown[] {
  const isObject = typeof condition === 'object' && condition !== null;
  const except = isObject && 'anything-but' in condition ? condition['anything-but'] : condition;
  return [except].flat();
}

/** The types already say so, but a synth does not check types, and a typo here silences alerts. */
function validateWords(
  name: 'state' | 'jobKind',
  words: readonly string[],
  given: readonly string[] = words,
): void {
  const unknown = given.filter((word) => !words.includes(word));
  if (given.length > 0 && unknown.length === 0) return;
  throw new InvalidAlertFilter(
    `${unknown.length > 0 ? `No alert has the ${name} ${unknown.join(', ')}` : `${name}s is empty`}. ` +
      `Name one or more of ${words.join(', ')}, or leave ${name}s out.`,
  );
}
