import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type Health, health } from '../../core/sweeps/health.ts';
import { healthView } from '../routes/monitor.ts';
import {
  commonAnswers,
  gatewayMessageSchema,
  json,
  revalidatedAnswers,
  revalidatedHeaders,
} from './common.ts';
import { healthSchema } from './schemas/health.ts';

const NOW = Date.UTC(2026, 1, 10, 3);

const ok: Health = {
  status: 'Ok',
  lastSweepAt: NOW,
  lastPassCompletedAt: NOW,
  lag: 63_000,
  troubles: [],
  pending: 12,
  pendingIsPartial: false,
  listeners: { checkedAt: NOW, confirmed: 3, pending: 1, unconfirmed: 0, vanished: 0 },
  watchedIModels: 3,
  troubledIModels: [],
};

const refused: Health = {
  ...ok,
  status: 'Failing',
  pause: { reason: 'CredentialsRefused', until: NOW + 60_000 },
};

/** `GET /health` */
export const getHealthOperation: ZodOpenApiOperationObject = {
  operationId: 'getHealth',
  tags: ['Monitor'],
  summary: 'Ask how the monitor is',
  description:
    'Told from the checkpoint of the sweeps and the watched iModels.\n\nCost: 1 read unit, and 0.5 for some ten iModels.',
  responses: {
    200: {
      description: 'Sweeps are completed. Too many jobs, or a rate limit, are told and no failure.',
      headers: revalidatedHeaders,
      content: json(healthSchema, {
        ok: healthView(ok),
        rateLimited: healthView({
          ...ok,
          status: 'Degraded',
          pause: { reason: 'RateLimited', until: NOW + 60_000 },
        }),
      }),
    },
    ...revalidatedAnswers,
    ...commonAnswers,
    503: {
      description:
        'No sweep was completed for 5 minutes, upstream refuses the credentials, alerts cannot be published, or ' +
        'nobody gets them. (API Gateway, with its own message: there was no answer in time.)',
      content: json(z.union([healthSchema, gatewayMessageSchema]), {
        neverSwept: healthView(health(undefined, NOW)),
        credentialsRefused: healthView(refused),
        gateway: { message: 'Service Unavailable' },
      }),
    },
  },
};

const documentSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

/** `GET /openapi.json` */
export const getOpenApiOperation: ZodOpenApiOperationObject = {
  operationId: 'getOpenApi',
  tags: ['Monitor'],
  summary: 'Get this document',
  description: 'The API in OpenAPI 3.1. Cost: nothing is read.',
  responses: {
    200: {
      description: 'This document.',
      headers: revalidatedHeaders,
      content: json(documentSchema, {
        beginning: {
          openapi: '3.1.1',
          info: { title: 'Extraction Monitor', version: '0.2.0' },
          paths: {},
        },
      }),
    },
    ...revalidatedAnswers,
    ...commonAnswers,
  },
};
