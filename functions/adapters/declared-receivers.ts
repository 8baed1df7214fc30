import type { Receiver } from '../core/subscription.ts';
import { type Environment, InvalidSetting } from './environment.ts';

const RECEIVER = /^(?<protocol>[a-z-]+):(?<endpoint>.+)$/;

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
    return (JSON.parse(text) as readonly unknown[]).map(receiverOf);
  } catch (cause) {
    throw new InvalidSetting(
      'Set DECLARED_SUBSCRIPTIONS to JSON such as ["email:team@example.com","sms:+37060000000"].',
      { cause },
    );
  }
}

function receiverOf(declared: unknown): Receiver {
  const { protocol, endpoint } = RECEIVER.exec(String(declared))?.groups ?? {};
  if (!protocol || !endpoint) throw new TypeError(`${declared} names no protocol and endpoint.`);
  return { protocol, endpoint };
}
