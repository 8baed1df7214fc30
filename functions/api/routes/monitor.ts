import type { Listeners } from '../../core/alerts/listeners.ts';
import { CAUSES, knownCause } from '../../core/sweeps/causes.ts';
import type { Health } from '../../core/sweeps/health.ts';
import type { Pause } from '../../core/sweeps/pause.ts';
import { isoTime, SECOND } from '../../core/time.ts';
import { json } from '../http/answers.ts';
import type { ApiPorts, ApiRoute } from '../http/route.ts';
import type { HealthView } from '../openapi/schemas/health.ts';
import { getHealth } from '../use-cases/monitor.ts';
import { troubleView } from './imodels.ts';
import { isoTimeOrNull } from './job-view.ts';

/** The monitor's health as callers get to see it. */
export function healthView({
  status,
  lastSweepAt,
  lastPassCompletedAt,
  lag,
  pause,
  outageSince,
  troubles,
  watchedIModels,
  troubledIModels,
  ...rest
}: Health): HealthView {
  return {
    status,
    lastSweepAt: isoTimeOrNull(lastSweepAt),
    lastPassCompletedAt: isoTimeOrNull(lastPassCompletedAt),
    lagSeconds: lag === undefined ? null : Math.floor(lag / SECOND),
    pause: pause ? pauseView(pause) : null,
    outage: outageSince === undefined ? null : outageView(outageSince),
    troubles: troubles.map(({ name, since, cause }) => ({
      name,
      since: isoTime(since),
      ...CAUSES[cause],
    })),
    pending: rest.pending,
    pendingIsPartial: rest.pendingIsPartial,
    listeners: rest.listeners ? listenersView(rest.listeners) : null,
    iModels: {
      watched: watchedIModels,
      troubled: troubledIModels.length,
      troubles: troubledIModels.slice(0, TROUBLES_SHOWN).map(({ iModelId, label, trouble }) => ({
        iModelId,
        label: label ?? null,
        ...troubleView(trouble),
      })),
    },
  };
}

/** `GET /imodels` has all of them. */
const TROUBLES_SHOWN = 10;

function pauseView(pause: Pause): NonNullable<HealthView['pause']> {
  const reason = knownCause(pause.reason, 'UpstreamDown');
  const cause = knownCause(pause.cause ?? reason, reason);
  return { reason, until: isoTime(pause.until), cause, ...CAUSES[cause] };
}

function outageView(since: number): NonNullable<HealthView['outage']> {
  return { since: isoTime(since), ...CAUSES.UpstreamDown };
}

function listenersView({
  checkedAt,
  confirmed,
  pending,
  unconfirmed,
  vanished,
  operators,
}: Listeners): HealthView['listeners'] {
  return {
    checkedAt: isoTime(checkedAt),
    confirmed,
    pending,
    unconfirmed,
    vanished,
    operators: operators ?? null,
  };
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

/**
 * `GET /openapi.json`: the API in OpenAPI, as `npm run openapi` has written it. It is a file of its own
 * beside the function, and read when somebody asks for it.
 */
export function getOpenApiRoute(): ApiRoute {
  return {
    method: 'GET',
    path: '/openapi.json',
    handler: async () => {
      const { default: document } = await import('../extraction-monitor.openapi.json', {
        with: { type: 'json' },
      });
      return json(200, document);
    },
  };
}
