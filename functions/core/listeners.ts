import { DAY, MINUTE } from './durations.ts';
import type { Standing } from './subscription.ts';

/** How often (ms) the topic is asked who is subscribed. */
const INTERVAL = 15 * MINUTE;

/** How long (ms) somebody may take to confirm: half of what SNS gives them. */
const PATIENCE = DAY;

/** Who gets alerts, as far as the last look at the topic told. Times are ms since the epoch. */
export interface Listeners {
  readonly checkedAt: number;
  readonly confirmed: number;
  readonly pending: number;
  /** Of these, how many have not confirmed for a day. */
  readonly unconfirmed: number;
  readonly vanished: number;
  /**
   * Since when somebody has been pending who did not subscribe over the API: when that was, nobody
   * tells.
   */
  readonly othersPendingSince?: number;
}

/** Whether it is time to look who listens (`now`: ms since the epoch). */
export function isLookDue(last: Listeners | undefined, now: number): boolean {
  return last === undefined || now >= last.checkedAt + INTERVAL;
}

/** Who listens, by how it stands with everybody who should (`now`: ms since the epoch). Pure. */
export function listenersAmong(
  standings: readonly Standing[],
  last: Listeners | undefined,
  now: number,
): Listeners {
  const having = (wanted: Standing['confirmation']) =>
    standings.filter(({ confirmation }) => confirmation === wanted);
  const pending = having('Pending');
  const othersPendingSince = last?.othersPendingSince ?? now;
  const since = ({ subscription }: Standing) => subscription?.updatedAt ?? othersPendingSince;
  return {
    checkedAt: now,
    confirmed: having('Confirmed').length,
    pending: pending.length,
    unconfirmed: pending.filter((standing) => now >= since(standing) + PATIENCE).length,
    vanished: having('Vanished').length,
    ...(pending.some(({ subscription }) => !subscription) && { othersPendingSince }),
  };
}

/** How many should get alerts and do not, though they have had time. */
export function lostListeners({ unconfirmed, vanished }: Listeners): number {
  return unconfirmed + vanished;
}
