import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextJWTAuthorizer,
} from 'aws-lambda';
import { storedText } from '../core/text.ts';

/** The part of an event's request context in which API Gateway tells whom it let in. */
export interface CallerContext {
  /** Absent where nobody is asked who they are: in the local run. */
  readonly authorizer?: Partial<
    APIGatewayEventRequestContextIAMAuthorizer & APIGatewayEventRequestContextJWTAuthorizer
  >;
}

/** What a token says, by the name of the claim. */
export type Claims = APIGatewayEventRequestContextJWTAuthorizer['jwt']['claims'];

/** The claims of the token that API Gateway has verified; undefined where it asks for none. */
export function claimsOf({ authorizer }: CallerContext): Claims | undefined {
  return authorizer?.jwt?.claims;
}

/** The client that a token was issued to [RFC 9068, section 2.2]; some providers say only `azp`. */
export function clientIdOf({ client_id, azp }: Claims): Claims[string] | undefined {
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
