import type { CheckpointStore, TimeSource } from '../../core/ports.ts';
import { type Health, health } from '../../core/sweeps/health.ts';
import { healthView } from '../health-view.ts';
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
