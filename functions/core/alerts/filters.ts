/** The words that alerts carry in their attribute `state`: the ends of jobs, and the reminder's. */
export const ALERT_STATES = [
  'Succeeded',
  'PartiallySucceeded',
  'Failed',
  'NotFound',
  'AccessDenied',
  'TimedOut',
  'StillRunning',
] as const;

/** A word that an alert can carry in its attribute `state`. */
export type AlertState = (typeof ALERT_STATES)[number];

/** Which alerts a subscriber gets: those that fit every condition given. */
export interface AlertFilter {
  /** Only alerts of these states. */
  readonly states?: readonly AlertState[];
  /** Leaves out the jobs that `Succeeded` without issues, and nothing else. */
  readonly onlyWithIssues?: true;
  /** Only jobs whose label begins with this, letter case included. */
  readonly labelPrefix?: string;
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
    ...(filter.labelPrefix && { label: [{ prefix: filter.labelPrefix }] }),
  };
}

/** `state` stands either beside `$or` or inside it, since SNS does not say what both would mean. */
function stateConditions({ states, onlyWithIssues }: AlertFilter): FilterPolicy {
  const mayBeClean = !states || states.includes('Succeeded');
  if (!onlyWithIssues || !mayBeClean) return states ? { state: states } : {};

  const others = states
    ? states.filter((state) => state !== 'Succeeded')
    : [{ 'anything-but': ['Succeeded'] }];
  const withIssues = { state: ['Succeeded'], containsIssues: ['true'] };
  return others.length > 0 ? { $or: [{ state: others }, withIssues] } : withIssues;
}
