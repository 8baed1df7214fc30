/** Why SNS refuses a request: the error code of its API, and a sentence. */
export interface Violation {
  readonly code: 'InvalidParameter' | 'ParameterValueInvalid' | 'InvalidAction';
  readonly message: string;
}

/** A parameter is missing, malformed or too long; the SDK throws `InvalidParameterException`. */
export function invalidParameter(detail: string): Violation {
  return { code: 'InvalidParameter', message: `Invalid parameter: ${detail}` };
}

/** A message attribute is not valid; the SDK throws `InvalidParameterValueException`. */
export function invalidValue(message: string): Violation {
  return { code: 'ParameterValueInvalid', message };
}
