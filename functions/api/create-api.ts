import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import { entityTags, requestLog, securityHeaders } from './http/answers.ts';
import { admittedOnly } from './http/callers.ts';
import { HttpProblem, problemDetails } from './http/problems.ts';
import type { ApiEvent, ApiPorts, ApiResult, ApiRoute } from './http/route.ts';
import { testAlertRoute } from './routes/alerts.ts';
import { registerBatchRoute } from './routes/batches.ts';
import {
  getIModelRoute,
  listIModelsRoute,
  unwatchIModelRoute,
  watchIModelRoute,
} from './routes/imodels.ts';
import { listJobsRoute } from './routes/job-list.ts';
import { cancelJobRoute, changeJobRoute, getJobRoute, registerJobRoute } from './routes/jobs.ts';
import { getHealthRoute, getOpenApiRoute } from './routes/monitor.ts';
import { isForPage, type PageSettings, pageRoutes } from './routes/page.ts';
import { getStatisticsRoute } from './routes/statistics.ts';
import {
  getSubscriptionRoute,
  listSubscriptionsRoute,
  subscribeRoute,
  unsubscribeRoute,
} from './routes/subscriptions.ts';
import type { Settings } from './settings.ts';

/** What may be set about the API. */
export interface ApiSettings
  extends Pick<Settings, 'admittedCallers' | 'remindAfterMinutes' | 'apiUrl'>,
    Partial<Pick<Settings, 'iModels'>> {
  /** @default - there is no page */
  readonly page?: PageSettings;
}

/** Whatever may be asked of the API. */
export function routesOf(
  ports: ApiPorts,
  settings: Omit<ApiSettings, 'admittedCallers'>,
): readonly ApiRoute[] {
  return [
    registerJobRoute(ports, settings),
    registerBatchRoute(ports, settings),
    listJobsRoute(ports),
    getJobRoute(ports),
    changeJobRoute(ports),
    cancelJobRoute(ports),
    getStatisticsRoute(ports),
    watchIModelRoute(ports, settings.remindAfterMinutes),
    listIModelsRoute(ports),
    getIModelRoute(ports),
    unwatchIModelRoute(ports, settings.iModels),
    testAlertRoute(ports),
    subscribeRoute(ports),
    listSubscriptionsRoute(ports),
    getSubscriptionRoute(ports),
    unsubscribeRoute(ports),
    getHealthRoute(ports),
    getOpenApiRoute(),
    ...(settings.page ? pageRoutes(settings.page) : []),
  ];
}

/** The HTTP API as a Lambda handler: takes every request of the `$default` route. */
export function createApi(ports: ApiPorts, settings: ApiSettings) {
  const { admittedCallers } = settings;
  const routes = routesOf(ports, settings);
  return middy<ApiEvent, ApiResult>()
    .use(requestLog(ports.log))
    .use(securityHeaders())
    .use(problemDetails(ports.log))
    .use(entityTags())
    .use(admittedCallers ? admittedOnly(admittedCallers, isForPage) : [])
    .handler(
      httpRouter<ApiEvent, ApiResult>({
        routes: [...routes],
        notFoundResponse: ({ path }) => refuse(routes, path),
      }),
    );
}

/** @throws HttpProblem: 405 when another method would do, else 404 */
function refuse(routes: readonly ApiRoute[], requested: string): never {
  const allowed = routes.filter(({ path }) => isMatch(path, requested)).map(({ method }) => method);
  if (allowed.length === 0) throw new HttpProblem(404, 'There is nothing at this path.');
  const allow = allowed.join(', ');
  throw new HttpProblem(405, `Use one of: ${allow}.`, { headers: { Allow: allow } });
}

function isMatch(path: string, requested: string): boolean {
  const pattern = path.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/]+');
  return new RegExp(`^${pattern}/?$`).test(requested);
}
