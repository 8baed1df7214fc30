import { type Claims, clientIdOf } from './caller.ts';

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
export function isAdmitted(admitted: AdmittedCallers, claims: Claims): boolean {
  const clientId = clientIdOf(claims);
  return (
    admitted.clientIds.some((known) => known === clientId) ||
    admitted.subjects.some((known) => known === claims.sub) ||
    admitted.organizations.some((known) => known === claims.org)
  );
}
