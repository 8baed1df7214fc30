import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LOG_RETENTION } from './log-retention.ts';

/**
 * What is told of a request: nothing that a caller is free to write but the path, which is still
 * percent-encoded and so cannot break the JSON.
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
  error: AccessLogField.contextErrorMessage(),
  responseLength: AccessLogField.contextResponseLength(),
  responseLatency: AccessLogField.contextResponseLatency(),
  integrationStatus: AccessLogField.contextIntegrationStatus(),
  integrationError: AccessLogField.contextIntegrationErrorMessage(),
};

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
      format: AccessLogFormat.custom(JSON.stringify(FIELDS)),
    };
  }
}
