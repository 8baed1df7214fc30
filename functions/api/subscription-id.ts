import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type Receiver, receiverKey } from '../core/alerts/listeners.ts';
import type { ApiEvent } from './route.ts';
import { validParameters } from './validate.ts';

/** Hexadecimal digits of an id: 128 bits. */
const DIGITS = 32;

/** The parameters in the path of what is asked of one subscription. */
export const subscriptionPathSchema = z.object({
  subscriptionId: z
    .string()
    .check(z.regex(new RegExp(`^[0-9a-f]{${DIGITS}}$`), `must be ${DIGITS} hexadecimal digits`)),
});

/**
 * The id of the subscription of a receiver, which has one at most. A hash, since ids stand in paths,
 * paths go into logs, and addresses must not.
 */
export function subscriptionIdOf(receiver: Receiver): string {
  return createHash('sha256').update(receiverKey(receiver)).digest('hex').slice(0, DIGITS);
}

/**
 * The subscription id in the path of a request.
 *
 * @throws HttpProblem (400) when it cannot be one
 */
export function pathSubscriptionId(event: ApiEvent): string {
  return validParameters(subscriptionPathSchema, event.pathParameters ?? {}).subscriptionId;
}
