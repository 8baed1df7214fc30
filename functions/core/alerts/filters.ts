import { UPSTREAM_ENDS } from '../jobs/states.ts';
import type { KindName } from '../kinds/kinds.ts';

/** What an alert can tell of one job: its ends, and the reminder. */
export const JOB_ALERT_STATES = [
  ...UPSTREAM_ENDS,
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'StillRunning',
] as const;

/** The words that alerts carry in their attribute `state`: the ends of jobs, the reminder's, the digest's. */
export const ALERT_STATES = [...JOB_ALERT_STATES, 'Digest'] as const;

/** A word that an alert can carry in its attribute `state`. */
export type AlertState = (typeof ALERT_STATES)[number];

/** Which alerts a subscriber gets: those that fit every condition given. */
export interface AlertFilter {
  /** Only alerts of these states. */
  readonly states?: readonly AlertState[];
  /** Leaves out the jobs that `Succeeded` without issues, and nothing else. */
  readonly onlyWithIssues?: true;
  /** Only jobs whose label begins with one of these, letter case included. */
  readonly labelPrefixes?: readonly string[];
  /** No jobs whose label begins with this, letter case included. */
  readonly exceptLabelPrefix?: string;
  /** Only jobs of these kinds. */
  readonly jobKinds?: readonly KindName[];
  /** Only runs of these iModels, whose ids are in lower case. */
  readonly iModelIds?: readonly string[];
  /** No runs of these iModels. */
  readonly exceptIModelIds?: readonly string[];
}

/** An SNS filter policy on message attributes. One without conditions lets everything through. */
export type FilterPolicy = Readonly<Record<string, readonly unknown[]>>;

/**
 * Says an alert filter as an SNS filter policy. `lib/alert-filter.ts` says the same of the filters
 * that a deployment declares: docs/decisions/0011-two-filter-policies.md.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
 */
export function filterPolicy(filter: AlertFilter): FilterPolicy {
  return {
    ...stateConditions(filter),
    ...labelCondition(filter),
    ...(filter.jobKinds && { jobKind: filter.jobKinds }),
    ...iModelCondition(filter),
  };
}

/** What an alert without the attribute fits, since `anything-but` alone would leave it out. */
const WITHOUT = { exists: false };

function labelCondition({ labelPrefixes, exceptLabelPrefix: except }: AlertFilter): FilterPolicy {
  if (labelPrefixes) return { label: labelPrefixes.map((prefix) => ({ prefix })) };
  return except === undefined ? {} : { label: [{ 'anything-but': { prefix: except } }, WITHOUT] };
}

function iModelCondition({ iModelIds, exceptIModelIds: except }: AlertFilter): FilterPolicy {
  if (iModelIds) return { iModelId: iModelIds };
  return except === undefined ? {} : { iModelId: [{ 'anything-but': except }, WITHOUT] };
}

/**
 * `state` stands either beside `$or` or inside it, since SNS does not say what both would mean. Issues
 * that are not known may be there: they are let through. A filter that names no digest gets none.
 */
function stateConditions(filter: AlertFilter): FilterPolicy {
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
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
const MOST = { keys: 5, combinations: 150 };

/** A field of a filter that makes it more than SNS takes, and what would be right. */
export interface FilterExcess {
  readonly field: keyof AlertFilter;
  readonly detail: string;
}

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

/** How a filter is more than SNS takes; undefined when it is not. */
export function excessOf(filter: AlertFilter): FilterExcess | undefined {
  const both = BOTH.find(([only, except]) => filter[only] && filter[except]);
  if (both) {
    const [only, field] = both;
    return { field, detail: `must be left out, or ${only}: SNS takes one condition on each` };
  }
  if (filter.states?.includes('Digest') && isOfOneJob(filter))
    return { field: 'states', detail: 'must be without Digest, which is of all jobs' };
  const { $or = [], ...rest } = filterPolicy(filter);
  const branches = ($or as FilterPolicy[]).map((branch) => Object.values(branch));
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
