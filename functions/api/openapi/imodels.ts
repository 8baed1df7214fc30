import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type IModel, newIModel, TROUBLES } from '../../core/imodels/imodel.ts';
import { DAY, HOUR } from '../../core/time.ts';
import { problemOf } from '../http/problems.ts';
import { validBody, validParameters } from '../http/validation.ts';
import { iModelPathSchema, iModelSchema, iModelView } from '../routes/imodels.ts';
import { MAX_IMODELS } from '../use-cases/imodels.ts';
import {
  Contended,
  IModelDeclared,
  IModelNotFound,
  TooManyIModels,
} from '../use-cases/refusals.ts';
import {
  bodyAnswers,
  commonAnswers,
  createdHeaders,
  documentedBody,
  documentedParameters,
  json,
  problemFrom,
  problems,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import { iModelListSchema, iModelViewSchema } from './schemas/imodels.ts';

const IMODEL_ID = 'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843';
const SINCE = Date.UTC(2026, 1, 10, 2, 30);
const NOW = SINCE + 2 * DAY;

const newExample: IModel = newIModel(
  {
    iModelId: IMODEL_ID,
    label: 'Harbour terminal',
    source: 'grouping-and-mapping',
    timeoutMinutes: 1_440,
    watchedBy: 'arn:aws:iam::123456789012:user/ada',
  },
  SINCE,
);
const foundExample: IModel = { ...newExample, newestAt: NOW - HOUR, version: 9 };
const deniedExample: IModel = {
  ...newExample,
  trouble: { cause: 'AccessDenied', message: TROUBLES.AccessDenied.meaning, since: SINCE },
};

/** The parameters in the path of what is asked of one iModel. */
const iModelPath = documentedParameters(iModelPathSchema, {
  iModelId: 'The id of the iModel: a UUID in upper or lower case.',
});

const noIModelId = problemFrom(() => validParameters(iModelPathSchema, { iModelId: 'harbour' }));

/** What may be answered to whatever is asked of one iModel that should be watched. */
const iModelAnswers = {
  400: {
    id: 'NoIModelId',
    description: 'The iModel id is no UUID.',
    content: problems({ noUuid: noIModelId }),
  },
  404: {
    id: 'IModelNotFound',
    description: 'There is no such iModel under watch.',
    content: problems({ unknown: problemOf(new IModelNotFound(IMODEL_ID)) }),
  },
};

const body = documentedBody(iModelSchema, 'IModelWatch', {
  label: 'What to call its runs, in alerts too.',
  source:
    "Whose list to read: Grouping and Mapping's, which tells the states of all runs with one " +
    "request, or Reporting's, after which every run is asked for by its id. Another source than " +
    'before begins the watch anew.',
  timeoutMinutes: 'For how long to watch each run.',
  remindAfterMinutes:
    'When to send a reminder of a run that is still pending; less than `timeoutMinutes`. `null`: ' +
    "none. Left out: as the deployment's settings have it.",
  unusuallyLong:
    'Whether to be told when a run becomes unusually long, where no other reminder is wanted. Left out: ' +
    'yes. Never where the deployment has it switched off.',
});

const contended = problemOf(new Contended(`iModel ${IMODEL_ID}`));

/** `PUT /imodels/{iModelId}` */
export const watchIModelOperation: ZodOpenApiOperationObject = {
  operationId: 'watchIModel',
  tags: ['iModels'],
  summary: 'Watch an iModel',
  description:
    'Has every run of an iModel found and followed, those too that upstream starts by itself: each ' +
    'becomes a job. What had ended before the watch began is told to nobody. Repeated, it changes ' +
    `nothing but what it says otherwise. At most ${MAX_IMODELS} iModels are watched.\n\n` +
    'Cost: 3 write units, two of them for indexes, and two reads of the list.',
  requestParams: { path: iModelPath },
  requestBody: {
    required: true,
    content: json(body, {
      shortest: {},
      full: {
        label: 'Harbour terminal',
        source: 'reporting',
        timeoutMinutes: 720,
        remindAfterMinutes: 120,
      },
    }),
  },
  responses: {
    200: {
      description: 'The iModel was watched, and has these settings now.',
      content: json(iModelViewSchema, { known: iModelView(foundExample, NOW) }),
    },
    201: {
      description: 'The iModel is watched from now on.',
      headers: createdHeaders(`/imodels/${IMODEL_ID}`),
      content: json(iModelViewSchema, { new: iModelView(newExample, SINCE) }),
    },
    400: {
      description: 'The iModel id or the body is not as it should be.',
      content: problems({
        noUuid: noIModelId,
        wrongField: problemFrom(() => validBody(iModelSchema, { source: 'synchronization' })),
      }),
    },
    409: {
      description: 'There is no room for one more, or others are changing the iModel.',
      content: problems({ tooMany: problemOf(new TooManyIModels(MAX_IMODELS)), contended }),
    },
    ...bodyAnswers,
    ...commonAnswers,
  },
};

/** `GET /imodels` */
export const listIModelsOperation: ZodOpenApiOperationObject = {
  operationId: 'listIModels',
  tags: ['iModels'],
  summary: 'List watched iModels',
  description:
    'All of them, by id, with what is wrong with their lists. May lag by a moment.\n\n' +
    'Cost: half a read unit for each 4 KB, some ten iModels.',
  responses: {
    200: {
      description: 'All watched iModels.',
      headers: revalidatedHeaders,
      content: json(iModelListSchema, {
        one: { iModels: [iModelView(foundExample, NOW)] },
      }),
    },
    ...revalidatedAnswers,
    ...commonAnswers,
  },
};

/** `GET /imodels/{iModelId}` */
export const getIModelOperation: ZodOpenApiOperationObject = {
  operationId: 'getIModel',
  tags: ['iModels'],
  summary: 'Look a watched iModel up',
  description:
    'Tells since when the iModel is watched, when its newest run began, and what is wrong with its ' +
    'list.\n\nCost: 1 read unit for each 4 KB; one with 500 runs in a day takes 7.',
  requestParams: { path: iModelPath },
  responses: {
    200: {
      description: 'The watched iModel.',
      headers: revalidatedHeaders,
      content: json(iModelViewSchema, {
        found: iModelView(foundExample, NOW),
        denied: iModelView(deniedExample, NOW),
        empty: iModelView(newExample, NOW),
      }),
    },
    ...revalidatedAnswers,
    ...iModelAnswers,
    ...commonAnswers,
  },
};

/** `DELETE /imodels/{iModelId}` */
export const unwatchIModelOperation: ZodOpenApiOperationObject = {
  operationId: 'unwatchIModel',
  tags: ['iModels'],
  summary: 'Stop watching an iModel',
  description:
    'No more runs are found. Jobs that there are go on to their ends; a sweep that is under way may ' +
    'still find one, for a minute.',
  requestParams: { path: iModelPath },
  responses: {
    204: { description: 'The iModel is not watched any more.' },
    ...iModelAnswers,
    409: {
      description: 'The deployment has it watched, or others are changing it at the same time.',
      content: problems({ declared: problemOf(new IModelDeclared()), contended }),
    },
    ...commonAnswers,
  },
};
