import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayEventRequestContextJWTAuthorizer } from 'aws-lambda';
import { storedText } from '../../core/text.ts';
import { HttpProblem } from './problems.ts';
import type { ApiEvent, ApiResult, CallerContext } from './route.ts';

/** What a token says, by the name of the claim. */
export type Claims = APIGatewayEventRequestContextJWTAuthorizer['jwt']['claims'];

/** The claims of the token that API Gateway has verified; undefined where it asks for none. */
function claimsOf({ authorizer }: CallerContext): Claims | undefined {
  return authorizer?.jwt?.claims;
}

/** The client that a token was issued to [RFC 9068, section 2.2]; some providers say only `azp`. */
function clientIdOf({ client_id, azp }: Claims): Claims[string] | undefined {
  return client_id ?? azp;
}

/**
 * Who calls, at most 1 KB: the ARN of an IAM identity, or the subject of a token; a token that was
 * issued to a service rather than to a person may name its client alone.
 */
export function callerOf(context: CallerContext): string {
  const claims = claimsOf(context) ?? {};
  const nameless = context.authorizer ? 'unknown' : 'local';
  const caller = context.authorizer?.iam?.userArn ?? claims.sub ?? clientIdOf(claims) ?? nameless;
  return storedText(String(caller));
}

/**
 * Who may call with a token; to be in one of the lists is enough. A client id admits everybody who
 * signs in through that client.
 */
export interface AdmittedCallers {
  readonly clientIds: readonly string[];
  readonly subjects: readonly string[];
  readonly organizations: readonly string[];
}

/**
 * Tells whether the claims of a token are those of an admitted caller. Only a whole value counts:
 * API Gateway makes one string of an array, `[a b]`, which is not taken apart: blanks within its
 * members would be lost [aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock,
 * issue 802].
 *
 * Bentley's tokens name the organization in `org` [iTwin/auth-clients, ImsIntrospectionResponse.ts;
 * iTwin/demo-portal, AuthProvider.tsx].
 */
function isAdmitted(admitted: AdmittedCallers, claims: Claims): boolean {
  const clientId = clientIdOf(claims);
  return (
    admitted.clientIds.some((known) => known === clientId) ||
    admitted.subjects.some((known) => known === claims.sub) ||
    admitted.organizations.some((known) => known === claims.org)
  );
}

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
 *
 * @param isForAll tells what even strangers may ask for
 */
export function admittedOnly(
  admitted: AdmittedCallers,
  isForAll: (event: ApiEvent) => boolean,
): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    before: ({ event }) => {
      if (isForAll(event)) return;
      const claims = claimsOf(event.requestContext) ?? {};
      if (!isAdmitted(admitted, claims)) throw new NotAdmitted(claims);
    },
  };
}
