import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type Health, health } from '../../core/sweeps/health.ts';
import { healthView } from '../health-view.ts';
import { commonAnswers, gatewayMessageSchema } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';
import { healthSchema } from '../openapi/health-schema.ts';

const NOW = Date.UTC(2026, 1, 10, 3);

const ok: Health = {
  status: 'Ok',
  lastSweepAt: NOW,
  lastPassCompletedAt: NOW,
  lag: 63_000,
  pending: 12,
  pendingIsPartial: false,
  listeners: { checkedAt: NOW, confirmed: 3, pending: 1, unconfirmed: 0, vanished: 0 },
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
  description: 'Told from the checkpoint of the sweeps alone.\n\nCost: 1 read unit.',
  responses: {
    200: {
      description: 'Sweeps are completed. Too many jobs, or a rate limit, are told and no failure.',
      content: json(healthSchema, {
        ok: healthView(ok),
        rateLimited: healthView({
          ...ok,
          status: 'Degraded',
          pause: { reason: 'RateLimited', until: NOW + 60_000 },
        }),
      }),
    },
    ...commonAnswers,
    503: {
      description:
        'No sweep was completed for 5 minutes, upstream refuses the credentials, or nobody gets alerts. ' +
        '(API Gateway, with its own message: there was no answer in time.)',
      content: json(z.union([healthSchema, gatewayMessageSchema]), {
        neverSwept: healthView(health(undefined, NOW)),
        credentialsRefused: healthView(refused),
        gateway: { message: 'Service Unavailable' },
      }),
    },
  },
};
