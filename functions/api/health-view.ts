import type { Listeners } from '../core/alerts/listeners.ts';
import type { Health } from '../core/sweeps/health.ts';
import { isoTime, SECOND } from '../core/time.ts';
import { isoTimeOrNull } from './job-view.ts';
import type { HealthView } from './openapi/health-schema.ts';

/** The monitor's health as callers get to see it. */
export function healthView({
  status,
  lastSweepAt,
  lastPassCompletedAt,
  lag,
  pause,
  ...rest
}: Health): HealthView {
  return {
    status,
    lastSweepAt: isoTimeOrNull(lastSweepAt),
    lastPassCompletedAt: isoTimeOrNull(lastPassCompletedAt),
    lagSeconds: lag === undefined ? null : Math.floor(lag / SECOND),
    pause: pause ? { reason: pause.reason, until: isoTime(pause.until) } : null,
    pending: rest.pending,
    pendingIsPartial: rest.pendingIsPartial,
    listeners: rest.listeners ? listenersView(rest.listeners) : null,
  };
}

function listenersView({
  checkedAt,
  confirmed,
  pending,
  unconfirmed,
  vanished,
}: Listeners): HealthView['listeners'] {
  return { checkedAt: isoTime(checkedAt), confirmed, pending, unconfirmed, vanished };
}
