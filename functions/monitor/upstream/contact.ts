import { omit } from '../../core/objects.ts';
import type { TimeSource } from '../../core/ports.ts';
import type { Contact } from '../../core/sweeps/faults.ts';

/** Keeps record of when upstream speaks to us, and since when it does not. */
export interface ContactLog {
  /** There is a token to ask with. */
  gotToken(): void;
  /** An answer of any kind; `Alive`: a run's own, 200. */
  answered(by: 'Alive' | 'Other'): void;
  /** A request that got no answer. */
  failed(): void;
  readonly current: Contact;
}

/** The record of one sweep, which goes on from that of the sweeps before it. */
export function createContactLog({ now }: TimeSource, found: Contact = {}): ContactLog {
  let current = found;
  return {
    gotToken() {
      current = { ...current, tokenAt: now() };
    },
    answered(by) {
      current = omit(current, 'failingSince');
      if (by === 'Alive') current = { ...current, answeredAt: now() };
    },
    failed() {
      current = { failingSince: now(), ...current };
    },
    get current() {
      return current;
    },
  };
}
