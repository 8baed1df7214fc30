import * as z from 'zod/mini';
import {
  LIST_SOURCES,
  type ListTrouble,
  TROUBLES,
  troubleAt,
  type WatchedIModel,
} from '../../core/imodels/imodel.ts';
import { isoTime } from '../../core/time.ts';
import { json } from '../http/answers.ts';
import { withBody } from '../http/body.ts';
import { callerOf } from '../http/callers.ts';
import type { ApiEvent, ApiPorts, ApiRoute } from '../http/route.ts';
import { remindsInTime, validBody, validParameters, watchFields } from '../http/validation.ts';
import type { IModelList, IModelView, TroubleView } from '../openapi/schemas/imodels.ts';
import { getIModel, listIModels, unwatchIModel, watchIModel } from '../use-cases/imodels.ts';
import { isoTimeOrNull } from './job-view.ts';

/** The parameters in the path of what is asked of one iModel: its id in any spelling. */
export const iModelPathSchema = z.object({
  iModelId: z.guid('must be a UUID').check(z.toLowerCase()),
});

/** The body of `PUT /imodels/{iModelId}`. */
export const iModelSchema = z
  .strictObject(
    {
      source: z._default(
        z.enum(LIST_SOURCES, `must be ${LIST_SOURCES.join(' or ')}`),
        'grouping-and-mapping',
      ),
      ...watchFields(),
    },
    'must be a JSON object',
  )
  .check(remindsInTime());

/**
 * The iModel id in the path of a request.
 *
 * @throws InvalidRequest when it is no UUID
 */
function pathIModelId(event: ApiEvent): string {
  return validParameters(iModelPathSchema, event.pathParameters ?? {}).iModelId;
}

/**
 * A watched iModel as callers get to see it. Times are ISO 8601 UTC. Every field is always there: what
 * is not on record is null.
 *
 * @param now ms since the epoch
 */
export function iModelView(iModel: WatchedIModel, now: number): IModelView {
  const trouble = troubleAt(iModel, now);
  return {
    iModelId: iModel.iModelId,
    label: iModel.label ?? null,
    source: iModel.source,
    timeoutMinutes: iModel.timeoutMinutes,
    remindAfterMinutes: iModel.remindAfterMinutes ?? null,
    unusuallyLong: iModel.unusuallyLong ?? true,
    since: isoTime(iModel.since),
    watchedBy: iModel.watchedBy,
    lastRunStartedAt: isoTimeOrNull(iModel.newestAt),
    isUnordered: iModel.isUnordered ?? false,
    trouble: trouble ? troubleView(trouble) : null,
  };
}

/** What is wrong with the lists of an iModel, and what to do about it. */
export function troubleView({ cause, message, since }: ListTrouble): TroubleView {
  return { cause, message, action: TROUBLES[cause].action, since: isoTime(since) };
}

/**
 * `PUT /imodels/{iModelId}`: 201 when it was not watched before, else 200.
 *
 * @param usualReminder minutes, for a body that says nothing about a reminder; 0: none
 */
export function watchIModelRoute(ports: ApiPorts, usualReminder: number): ApiRoute {
  return {
    method: 'PUT',
    path: '/imodels/{iModelId}',
    handler: withBody(async (event) => {
      const iModelId = pathIModelId(event);
      const { remindAfterMinutes = usualReminder, ...body } = validBody(iModelSchema, event.body);
      const watchedBy = callerOf(event.requestContext);
      const request = { ...body, iModelId, remindAfterMinutes, watchedBy };
      const { iModel, isNew } = await watchIModel(ports, request);
      const view = iModelView(iModel, ports.time.now());
      return isNew ? json(201, view, { Location: `/imodels/${iModelId}` }) : json(200, view);
    }),
  };
}

/** `GET /imodels`: 200 with all that are watched. */
export function listIModelsRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/imodels',
    handler: async () => {
      const all = await listIModels(ports);
      const now = ports.time.now();
      const list: IModelList = { iModels: all.map((each) => iModelView(each, now)) };
      return json(200, list);
    },
  };
}

/** `GET /imodels/{iModelId}`: 200, or 404. */
export function getIModelRoute(ports: ApiPorts): ApiRoute {
  return {
    method: 'GET',
    path: '/imodels/{iModelId}',
    handler: async (event) => {
      const iModel = await getIModel(ports, pathIModelId(event));
      return json(200, iModelView(iModel, ports.time.now()));
    },
  };
}

/**
 * `DELETE /imodels/{iModelId}`: 204, 404, or 409 for one that the deployment has watched.
 *
 * @param declared their ids
 */
export function unwatchIModelRoute(ports: ApiPorts, declared: readonly string[] = []): ApiRoute {
  return {
    method: 'DELETE',
    path: '/imodels/{iModelId}',
    handler: async (event) => {
      await unwatchIModel(ports, pathIModelId(event), declared);
      return { statusCode: 204, headers: { 'Cache-Control': 'no-store' } };
    },
  };
}
