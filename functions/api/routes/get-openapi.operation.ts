import * as z from 'zod/mini';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { commonAnswers } from '../openapi/common-answers.ts';
import { json } from '../openapi/content.ts';

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
      content: json(documentSchema, {
        beginning: {
          openapi: '3.1.1',
          info: { title: 'Extraction Monitor', version: '0.1.0' },
          paths: {},
        },
      }),
    },
    ...commonAnswers,
  },
};
