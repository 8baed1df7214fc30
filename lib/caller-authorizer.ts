import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';

/** Who may call with a token: to be in one of the lists is enough. */
export interface AdmittedCallers {
  readonly clientIds: readonly string[];
  readonly subjects: readonly string[];
  readonly organizations: readonly string[];
}

/** Callers who prove with a token (JWT) who they are. */
export interface TokenCallers {
  /** Who issues the tokens; its OpenID configuration is below this address. */
  readonly issuer: string;

  /** Whom the tokens are for: the claim `aud`, or `client_id` when a token has no `aud`. */
  readonly audience: readonly string[];

  /** A valid token is not enough: an issuer that is open to the public gives one to anybody. */
  readonly admitted: AdmittedCallers;
}

/** Lets in callers with a token, or, when there is nothing about tokens, IAM identities (SigV4). */
export function callerAuthorizer(tokens: TokenCallers | undefined): IHttpRouteAuthorizer {
  if (!tokens) return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer('TokenAuthorizer', tokens.issuer, {
    jwtAudience: [...tokens.audience],
  });
}
