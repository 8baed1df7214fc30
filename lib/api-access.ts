import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  type IAccessLogSettings,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LOG_RETENTION } from './bundled-function.ts';

/** Who may call a `RegistrationApi`. */
export interface CallerProps {
  /**
   * Callers with a token instead of IAM identities.
   *
   * @default - IAM identities of this account that may `execute-api:Invoke`, and nobody else
   */
  readonly tokens?: TokenCallers;

  /**
   * Origins of web pages whose scripts may call, such as `https://app.example.com`.
   *
   * @default - none: CORS is off
   */
  readonly corsOrigins?: readonly string[];
}

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

  /**
   * How readers of the page sign in.
   *
   * @default - they do not: the page is there for `extraction-monitor open` alone
   */
  readonly page?: PageSignIn;
}

/** How readers of the page get a token. */
export interface PageSignIn {
  /** A public client of the issuer, whose redirect URI is the address of the API with a slash at its end. */
  readonly clientId: string;

  /** What the token is asked for, in words of the issuer's with blanks between them. */
  readonly scope: string;
}

/**
 * The files of the page, which hold no data: a browser asks for them before anybody can have signed in.
 * `functions/api/routes/page.ts` has the same paths.
 */
export const PAGE_PATHS = ['/', '/page.js', '/page.css', '/icon.svg'];

/** Lets in callers with a token, or, when there is nothing about tokens, IAM identities (SigV4). */
export function callerAuthorizer(tokens: TokenCallers | undefined): IHttpRouteAuthorizer {
  if (!tokens) return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer('TokenAuthorizer', tokens.issuer, {
    jwtAudience: [...tokens.audience],
  });
}

/** Lets the scripts of web pages of these origins call, with a token or a signature. */
export function corsPreflight(origins: readonly string[]): CorsPreflightOptions {
  return {
    allowOrigins: [...origins],
    allowMethods: [
      CorsHttpMethod.GET,
      CorsHttpMethod.POST,
      CorsHttpMethod.PUT,
      CorsHttpMethod.PATCH,
      CorsHttpMethod.DELETE,
    ],
    // The last three are those of a signature (SigV4).
    allowHeaders: [
      'authorization',
      'content-type',
      'if-none-match',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ],
    exposeHeaders: ['etag', 'location'],
    maxAge: Duration.hours(1),
  };
}

/**
 * What is told of a request: nothing that a caller is free to write but the path, which is still
 * percent-encoded and so cannot break the JSON. Claims are the issuer's words, and names in an ARN have
 * no quotation marks.
 */
const FIELDS = {
  requestId: AccessLogField.contextRequestId(),
  requestTime: AccessLogField.contextRequestTime(),
  sourceIp: AccessLogField.contextIdentitySourceIp(),
  iamCaller: AccessLogField.contextIdentityUserArn(),
  tokenSubject: AccessLogField.contextAuthorizerClaims('sub'),
  tokenClient: AccessLogField.contextAuthorizerClaims('client_id'),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  error: AccessLogField.contextErrorMessageString(),
  responseLength: AccessLogField.contextResponseLength(),
  responseLatency: AccessLogField.contextResponseLatency(),
  integrationStatus: AccessLogField.contextIntegrationStatus(),
  integrationError: AccessLogField.contextIntegrationErrorMessage(),
};

/**
 * Each field in quotation marks, but for the one that API Gateway quotes itself: the only escaping that
 * it offers [https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html].
 */
const FORMAT = JSON.stringify(FIELDS).replace(`"${FIELDS.error}"`, FIELDS.error);

/** The access log of an HTTP API: a line of JSON for each request, those that were refused included. */
export class AccessLog extends Construct {
  /** For the stage that is logged. */
  readonly settings: IAccessLogSettings;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    const logGroup = new LogGroup(this, 'Log', {
      // With this prefix a log group needs no place in the account's resource policy, which is short.
      logGroupName: `/aws/vendedlogs/${Stack.of(this).stackName}/api-access`,
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.settings = {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(FORMAT),
    };
  }
}
