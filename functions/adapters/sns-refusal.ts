/**
 * Errors that say: this request can never be granted. SNS names them differently in its model, on
 * the wire, and among the errors common to all of AWS [SNS API reference, Publish, Common Errors].
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidParameter',
  'InvalidParameterException',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'ParameterValueInvalid',
  'ValidationError',
  'ValidationException',
]);

/** Whether SNS refuses a request as invalid, so that sending it again is of no use. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.has(error.name);
}
