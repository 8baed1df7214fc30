import { publishViolation } from './publish-limits.ts';
import { changeViolation, subscribeViolation } from './subscribe-limits.ts';
import type { Violation } from './violation.ts';

type Limits = (form: URLSearchParams) => Violation | undefined;

const LIMITS_OF_ACTION: ReadonlyMap<string, Limits> = new Map<string, Limits>([
  ['Publish', publishViolation],
  ['Subscribe', subscribeViolation],
  ['SetSubscriptionAttributes', changeViolation],
  ['PublishBatch', batchViolation],
]);

/** The limit of SNS that a request breaks, or nothing. Actions without limits here all pass. */
export function limitViolation(form: URLSearchParams): Violation | undefined {
  return LIMITS_OF_ACTION.get(form.get('Action') ?? '')?.(form);
}

/** Refused whole: the monitor never sends batches, so their limits are not written down here. */
function batchViolation(): Violation {
  return { code: 'InvalidAction', message: 'The embedded SNS has no PublishBatch: use Publish' };
}
