import { SubscriptionFilter } from 'aws-cdk-lib/aws-sns';

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
  /**
   * Only alerts of these states; `StillRunning` is the reminder's.
   *
   * @default - every state
   */
  readonly states?: readonly AlertState[];

  /**
   * Leaves out the jobs that `Succeeded` without issues, and nothing else: failures, time-outs, partial
   * successes and reminders still come.
   *
   * @default false
   */
  readonly onlyWithIssues?: boolean;

  /**
   * Only jobs whose label begins with this, letter case included. A job without a label never does.
   *
   * @default - every job
   */
  readonly labelPrefix?: string;
}

/** An {@link AlertFilter} asks for states that no alert ever has. */
export class InvalidAlertFilter extends Error {
  override readonly name = 'InvalidAlertFilter';
}

/**
 * Says an alert filter as an SNS filter policy on the message attributes `state`, `containsIssues`
 * and `label`. `functions/core/alerts/filters.ts` says the same of the filters that are asked for over
 * the API: docs/decisions/0011-two-filter-policies.md.
 *
 * @throws {InvalidAlertFilter} when `states` is empty or has a word that no alert carries.
 * @see https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
 */
export function toFilterPolicy(filter: AlertFilter): Record<string, SubscriptionFilter> {
  validateStates(filter.states);
  const policy = {
    ...howJobsEnd(filter),
    ...(filter.labelPrefix && { label: [{ prefix: filter.labelPrefix }] }),
  };
  return Object.fromEntries(
    Object.entries(policy).map(([name, conditions]) => [name, new SubscriptionFilter(conditions)]),
  );
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

/** `state` stands either beside `$or` or inside it, since SNS does not say what both would mean. */
function howJobsEnd({ states, onlyWithIssues }: AlertFilter): Record<string, readonly unknown[]> {
  const mayBeClean = !states || states.includes('Succeeded');
  if (!onlyWithIssues || !mayBeClean) return states ? { state: states } : {};

  const others = states
    ? states.filter((state) => state !== 'Succeeded')
    : [{ 'anything-but': ['Succeeded'] }];
  const withIssues = { state: ['Succeeded'], containsIssues: ['true'] };
  return others.length > 0 ? { $or: [{ state: others }, withIssues] } : withIssues;
}

/** The types already say so, but a synth does not check types, and a typo here silences alerts. */
function validateStates(states: readonly string[] = ALERT_STATES): void {
  const known: ReadonlySet<string> = new Set(ALERT_STATES);
  const unknown = states.filter((state) => !known.has(state));
  if (states.length > 0 && unknown.length === 0) return;
  throw new InvalidAlertFilter(
    `${unknown.length > 0 ? `No alert has the state ${unknown.join(', ')}` : 'states is empty'}. ` +
      `Name one or more of ${ALERT_STATES.join(', ')}, or leave states out.`,
  );
}
