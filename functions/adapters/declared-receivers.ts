import * as z from 'zod/mini';
import type { Receiver } from '../core/subscription.ts';
import { type Environment, InvalidSetting } from './environment.ts';

const RECEIVER = /^([a-z-]+):(.+)$/;

const declaredSchema = z.array(z.string().check(z.regex(RECEIVER)));

/**
 * Whom the deployment subscribes to the topic, from `DECLARED_SUBSCRIPTIONS`: nobody when there is
 * no such variable.
 *
 * @throws InvalidSetting, which says what to set
 */
export function declaredReceivers(environment: Environment): readonly Receiver[] {
  const { DECLARED_SUBSCRIPTIONS: text } = environment;
  if (!text) return [];
  try {
    return declaredSchema.parse(JSON.parse(text)).map((receiver) => {
      const [, protocol = '', endpoint = ''] = RECEIVER.exec(receiver) ?? [];
      return { protocol, endpoint };
    });
  } catch (cause) {
    throw new InvalidSetting(
      'Set DECLARED_SUBSCRIPTIONS to JSON such as ["email:team@example.com","sms:+37060000000"].',
      { cause },
    );
  }
}
