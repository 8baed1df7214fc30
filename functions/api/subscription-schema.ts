import * as z from 'zod/mini';
import { ALERT_STATES, type AlertFilter } from '../core/alerts/filters.ts';
import { normalized, type Receiver } from '../core/alerts/listeners.ts';
import { labelSchema } from './label.ts';

const MUST_BE_PROTOCOL = 'must be email or sms';
const MUST_BE_ADDRESS = 'must be an address such as team@example.com';
const MUST_BE_NUMBER = 'must be a number in E.164 form such as +37060000000';
const MUST_BE_STATE = `must be one of ${ALERT_STATES.join(', ')}`;
const MUST_BE_STATES = 'must be a list of one or more states';
const MUST_BE_FLAG = 'must be true or false';

/** The longest path that SMTP takes, without its brackets [RFC 5321, section 4.5.3.1.3]. */
const ADDRESS_LENGTH = 254;

const filterFields = {
  states: z.optional(
    z
      .array(z.enum(ALERT_STATES, MUST_BE_STATE), MUST_BE_STATES)
      .check(z.minLength(1, MUST_BE_STATES), z.maxLength(ALERT_STATES.length, MUST_BE_STATES)),
  ),
  onlyWithIssues: z.optional(z.boolean(MUST_BE_FLAG)),
  labelPrefix: z.optional(labelSchema),
};

/** The body of `POST /subscriptions`. */
export const subscriptionSchema = z.discriminatedUnion(
  'protocol',
  [
    z.strictObject({
      protocol: z.literal('email'),
      endpoint: z.email(MUST_BE_ADDRESS).check(z.maxLength(ADDRESS_LENGTH, MUST_BE_ADDRESS)),
      ...filterFields,
    }),
    z.strictObject({
      protocol: z.literal('sms'),
      endpoint: z.e164(MUST_BE_NUMBER),
      ...filterFields,
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? MUST_BE_PROTOCOL
        : 'must be a JSON object',
  },
);

/** Who is to be told of what, each in its one spelling. */
export interface AskedSubscription {
  readonly receiver: Receiver;
  readonly filter: AlertFilter;
}

/** What a body asks for: a filter that says the same is the same. */
export function askedSubscription({
  protocol,
  endpoint,
  states,
  onlyWithIssues,
  labelPrefix,
}: z.output<typeof subscriptionSchema>): AskedSubscription {
  return {
    receiver: normalized({ protocol, endpoint }),
    filter: {
      ...(states && { states: ALERT_STATES.filter((state) => states.includes(state)) }),
      ...(onlyWithIssues && { onlyWithIssues }),
      ...(labelPrefix !== undefined && { labelPrefix }),
    },
  };
}
