import { createDocument, type ZodOpenApiOverride } from 'zod-openapi';
import manifest from '../../../package.json' with { type: 'json' };
import { testAlertOperation } from './alerts.ts';
import { registerBatchOperation } from './batches.ts';
import {
  getIModelOperation,
  listIModelsOperation,
  unwatchIModelOperation,
  watchIModelOperation,
} from './imodels.ts';
import { listJobsOperation } from './job-list.ts';
import { cancelJobOperation, changeJobOperation, getJobOperation } from './jobs.ts';
import { getHealthOperation, getOpenApiOperation } from './monitor.ts';
import { registerJobOperation } from './registration.ts';
import { getStatisticsOperation } from './statistics.ts';
import {
  getSubscriptionOperation,
  listSubscriptionsOperation,
  subscribeOperation,
  unsubscribeOperation,
} from './subscriptions.ts';

const DESCRIPTION = `Watches iTwin Platform extraction runs and tells people how they ended, and why.

Bodies are JSON, times ISO 8601 UTC. Errors are \`application/problem+json\` [RFC 9457] and name each
wrong field; what API Gateway itself refuses has its own short message. Any other path is answered with
404, any other method with 405 and \`Allow\`. Every request may be repeated. Answers may get new fields,
and states new words: pass over what you do not know.

Every admitted caller may see and cancel every job: callers are one trust domain.`;

const TAGS = [
  { name: 'Jobs', description: 'Extraction runs under watch.' },
  { name: 'iModels', description: 'iModels whose runs are found and followed.' },
  { name: 'Alerts', description: 'Who is told when a job ends, and of what.' },
  { name: 'Monitor', description: 'The monitor itself.' },
];

/** How a caller says who they are: in one of these ways, by deployment. */
const SECURITY_SCHEMES = {
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'A signature (SigV4, service `execute-api`) of an IAM identity that may call. So it is ' +
      'unless the deployment says otherwise; the local run asks for nothing.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the issuer that the deployment names, of an admitted caller.',
  },
} as const;

/**
 * The API in OpenAPI 3.1, made of the schemas that validate requests and of those that the answers are
 * typed by. A new route gets a line in `paths`, and its description in the file of its resource.
 */
export function openApiDocument(): ReturnType<typeof createDocument> {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Extraction Monitor',
        version: manifest.version,
        description: DESCRIPTION,
        license: { name: manifest.license, identifier: manifest.license },
      },
      servers: [{ url: '/', description: 'The API that gives out this document.' }],
      tags: TAGS,
      paths: {
        '/jobs': { get: listJobsOperation, post: registerJobOperation },
        '/jobs/batch': { post: registerBatchOperation },
        '/jobs/{jobId}': {
          get: getJobOperation,
          patch: changeJobOperation,
          delete: cancelJobOperation,
        },
        '/imodels': { get: listIModelsOperation },
        '/imodels/{iModelId}': {
          put: watchIModelOperation,
          get: getIModelOperation,
          delete: unwatchIModelOperation,
        },
        '/statistics': { get: getStatisticsOperation },
        '/alerts/test': { post: testAlertOperation },
        '/subscriptions': { get: listSubscriptionsOperation, post: subscribeOperation },
        '/subscriptions/{subscriptionId}': {
          get: getSubscriptionOperation,
          delete: unsubscribeOperation,
        },
        '/health': { get: getHealthOperation },
        '/openapi.json': { get: getOpenApiOperation },
      },
      security: [{ signature: [] }, { token: [] }],
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    { override: tidy },
  );
}

/** Formats that OpenAPI knows, which say all that zod's patterns for them do. */
const FORMATS: ReadonlySet<unknown> = new Set(['date-time', 'email', 'uri', 'uuid']);

/** Answers stay open to new fields, and what goes without saying is not said. */
const tidy: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === 'output' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
  if (FORMATS.has(jsonSchema.format)) delete jsonSchema.pattern;
  else delete jsonSchema.format;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
};
