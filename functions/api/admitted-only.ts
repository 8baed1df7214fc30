import type { MiddlewareObj } from '@middy/core';
import { type AdmittedCallers, isAdmitted } from './admission.ts';
import { type Claims, claimsOf, clientIdOf } from './caller.ts';
import { HttpProblem } from './problem.ts';
import type { ApiEvent, ApiResult } from './route.ts';

/** A caller whose token is valid, and whom nobody has admitted. */
export class NotAdmitted extends HttpProblem {
  override readonly name = 'NotAdmitted';

  constructor(claims: Claims) {
    const { sub = 'none' } = claims;
    const clientId = clientIdOf(claims) ?? 'none';
    super(
      403,
      'You are not admitted. Ask the operator of this API to admit you. ' +
        `Your token says: client id ${clientId}, subject ${sub}.`,
    );
  }
}

/**
 * Middleware that refuses everybody else, whatever they ask for: a public identity provider gives
 * valid tokens to strangers too. Who comes without a token is a stranger.
 */
export function admittedOnly(admitted: AdmittedCallers): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    before: ({ event }) => {
      const claims = claimsOf(event.requestContext) ?? {};
      if (!isAdmitted(admitted, claims)) throw new NotAdmitted(claims);
    },
  };
}
