import type { Api } from '../../core/kinds/kind.ts';
import { omit } from '../../core/objects.ts';
import type { TimeSource } from '../../core/ports.ts';
import type { Contact } from '../../core/sweeps/faults.ts';

/** Keeps record of when upstream speaks to us, and since when it does not. */
export interface ContactLog {
  /** There is a token to ask with. */
  gotToken(): void;
  /** An answer of any kind; of a 200 of a run, by which API. */
  answered(alive?: Api): void;
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
    answered(alive) {
      current = omit(current, 'failingSince');
      if (alive) current = { ...current, answeredAt: { ...current.answeredAt, [alive]: now() } };
    },
    failed() {
      current = { failingSince: now(), ...current };
    },
    get current() {
      return current;
    },
  };
}
