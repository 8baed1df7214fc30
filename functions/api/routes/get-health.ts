import { isoTime, SECOND } from '../../core/durations.ts';
import { type Health, health } from '../../core/health.ts';
import type { Listeners } from '../../core/listeners.ts';
import type { CheckpointStore, TimeSource } from '../../core/ports.ts';
import { isoTimeOrNull } from '../job-view.ts';
import { json } from '../response.ts';
import type { ApiPorts, ApiRoute } from '../route.ts';

/** How the monitor is doing, from its checkpoint alone. */
async function getHealth({
  checkpoints,
  time,
}: {
  readonly checkpoints: CheckpointStore;
  readonly time: TimeSource;
}): Promise<Health> {
  return health(await checkpoints.read(), time.now());
}

/** `GET /health`: 200, or 503 when somebody has to act. The body is the same health JSON. */
export function getHealthRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/health',
    handler: async () => {
      const current = await getHealth(ports);
      return json(current.status === 'Failing' ? 503 : 200, healthView(current));
    },
  };
}

function healthView({ status, lastSweepAt, lastPassCompletedAt, lag, pause, ...rest }: Health) {
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

function listenersView({ checkedAt, confirmed, pending, unconfirmed, vanished }: Listeners) {
  return { checkedAt: isoTime(checkedAt), confirmed, pending, unconfirmed, vanished };
}
