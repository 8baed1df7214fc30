import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../core/ports.ts';

/** The log of a function: JSON lines by Powertools, with what Lambda says of the invocation. */
export function createLog(logger: Logger): Log {
  return {
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    warn: (message, facts = {}) => logger.warn(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
  };
}
