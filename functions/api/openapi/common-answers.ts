import * as z from 'zod/mini';
import { NotAdmitted } from '../admitted-only.ts';
import { BodyNotJson, BodyTooLarge } from '../body-problems.ts';
import { MAX_BODY } from '../json-body.ts';
import { problem, problemOf } from '../problem.ts';
import { json, problems } from './content.ts';

/** What API Gateway answers in words of its own, instead of the function. */
export const gatewayMessageSchema = z
  .object({ message: z.string() })
  .check(z.meta({ id: 'GatewayMessage', description: 'What API Gateway itself has to say.' }));

const gateway = (message: string) => json(gatewayMessageSchema, { gateway: { message } });

const notAdmitted = new NotAdmitted({ client_id: 'spa-7', sub: 'person-7' });

/** What every operation may be answered with. */
export const commonAnswers = {
  401: {
    id: 'Unauthorized',
    description: 'API Gateway found no valid token.',
    content: gateway('Unauthorized'),
  },
  403: {
    id: 'Forbidden',
    description:
      'The token is valid and its bearer was not admitted; or API Gateway found a signature wrong, ' +
      'or its identity not allowed to call.',
    content: { ...problems({ notAdmitted: problemOf(notAdmitted) }), ...gateway('Forbidden') },
  },
  429: {
    id: 'TooManyRequests',
    description: 'There are too many requests at the moment. Try again in a second.',
    content: gateway('Too Many Requests'),
  },
  500: {
    id: 'InternalServerError',
    description: 'A fault of ours. What it is stands in the log and nowhere else.',
    content: { ...problems({ fault: problem(500) }), ...gateway('Internal Server Error') },
  },
  503: {
    id: 'ServiceUnavailable',
    description: 'There was no answer in time. Try again: any request may be repeated.',
    content: gateway('Service Unavailable'),
  },
};

/** What an operation that takes a body may be answered with besides. */
export const bodyAnswers = {
  413: {
    id: 'ContentTooLarge',
    description: 'The body is too large.',
    content: {
      ...problems({ tooLarge: problemOf(new BodyTooLarge(MAX_BODY)) }),
      ...gateway('Request Entity Too Large'),
    },
  },
  415: {
    id: 'UnsupportedMediaType',
    description: 'The body is not said to be JSON.',
    content: problems({ notJson: problemOf(new BodyNotJson()) }),
  },
};
