import { Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  type HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import {
  AccessLog,
  type CallerProps,
  callerAuthorizer,
  corsPreflight,
  PAGE_PATHS,
  type TokenCallers,
} from './api-access.ts';
import { BundledFunction, functionEnvironment } from './bundled-function.ts';
import type { JobStore } from './job-store.ts';
import type { TellingProps, UpstreamProps } from './status-monitor.ts';

/** Settings of a {@link RegistrationApi}. */
export interface RegistrationApiProps
  extends CallerProps,
    Pick<TellingProps, 'remindAfterMinutes'>,
    Pick<UpstreamProps, 'itwinApiUrl' | 'imodels'> {
  readonly jobStore: JobStore;
  readonly alertTopic: AlertTopic;
}

/**
 * Requests a second, on average and at once. All pending jobs are in one partition of an index, which
 * takes 1,000 writes a second: with the sweep's the API's stay far below.
 */
const THROTTLE = { rateLimit: 80, burstLimit: 160 };

/** The same of batches, each of which is up to 100 writes. */
const BATCH_THROTTLE = { ThrottlingRateLimit: 4, ThrottlingBurstLimit: 8 };

/**
 * The HTTP API to register, look up and cancel jobs, and to subscribe to alerts. It lets nobody in whom
 * it does not know.
 */
export class RegistrationApi extends Construct {
  readonly function: BundledFunction;

  readonly httpApi: HttpApi;

  readonly stage: HttpStage;

  constructor(
    scope: Construct,
    id: string,
    {
      jobStore,
      alertTopic,
      tokens,
      corsOrigins = [],
      remindAfterMinutes = 0,
      itwinApiUrl,
      imodels = [],
    }: RegistrationApiProps,
  ) {
    super(scope, id);
    const hasCors = corsOrigins.length > 0;

    this.function = createFunction(this, jobStore, alertTopic, {
      ...(tokens && { ADMITTED_CALLERS: JSON.stringify(tokens.admitted) }),
      ...signInEnvironment(tokens),
      ...(remindAfterMinutes > 0 && { REMIND_AFTER_MINUTES: String(remindAfterMinutes) }),
      ...(itwinApiUrl && { ITWIN_API_URL: itwinApiUrl }),
      ...(imodels.length > 0 && { IMODELS: imodels.join() }),
    });
    this.httpApi = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      defaultAuthorizer: callerAuthorizer(tokens),
      createDefaultStage: false,
      ...(hasCors && { corsPreflight: corsPreflight(corsOrigins) }),
    });
    this.stage = this.httpApi.addStage('Stage', {
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: new AccessLog(this, 'AccessLog').settings,
    });
    const integration = new HttpLambdaIntegration('Integration', this.function);
    this.addRoutes(integration, hasCors);
    if (tokens?.page) this.openPage(integration);
    // `{proxy+}` stands for something.
    else if (hasCors) this.addPageRoute('/', integration);
  }

  /** The only routes that let everybody in. */
  private openPage(integration: HttpLambdaIntegration): void {
    for (const path of PAGE_PATHS) {
      const route = this.addPageRoute(path, integration, new HttpNoneAuthorizer());
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'A file of the page, without any data: readers have to have it before they sign in.',
      });
    }
  }

  /**
   * Of the same logical id whoever may take it: an update makes what is new before it deletes what is gone,
   * and API Gateway refuses a second route with the same key.
   *
   * @param authorizer without one, that of the API
   */
  private addPageRoute(
    path: string,
    integration: HttpLambdaIntegration,
    authorizer?: HttpNoneAuthorizer,
  ): HttpRoute {
    return new HttpRoute(this, `PageRoute${PAGE_PATHS.indexOf(path)}`, {
      httpApi: this.httpApi,
      routeKey: HttpRouteKey.with(path, HttpMethod.GET),
      integration,
      ...(authorizer && { authorizer }),
    });
  }

  /**
   * `$default` takes every request. With CORS each method has a route instead, all but `OPTIONS`:
   * API Gateway answers a preflight request, which is never authorized, only when no route takes it
   * [https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html].
   */
  private addRoutes(integration: HttpLambdaIntegration, hasCors: boolean): void {
    if (hasCors) {
      const { GET, HEAD, POST, PUT, PATCH, DELETE } = HttpMethod;
      const methods = [GET, HEAD, POST, PUT, PATCH, DELETE];
      this.httpApi.addRoutes({ path: '/{proxy+}', methods, integration });
    } else {
      new HttpRoute(this, 'Route', {
        httpApi: this.httpApi,
        routeKey: HttpRouteKey.DEFAULT,
        integration,
      });
    }
    this.throttleBatches(integration);
  }

  /** A throttle of its own needs a route of its own, which must be there before the stage refers to it. */
  private throttleBatches(integration: HttpLambdaIntegration): void {
    const routeKey = HttpRouteKey.with('/jobs/batch', HttpMethod.POST);
    const route = new HttpRoute(this, 'BatchRoute', {
      httpApi: this.httpApi,
      routeKey,
      integration,
    });
    const stage = this.stage.node.defaultChild as CfnStage;
    stage.routeSettings = { [routeKey.key]: BATCH_THROTTLE };
    stage.node.addDependency(route);
  }
}

function signInEnvironment(tokens: TokenCallers | undefined): Record<string, string> {
  if (!tokens?.page) return {};
  return { PAGE_SIGN_IN: JSON.stringify({ issuer: tokens.issuer, ...tokens.page }) };
}

function createFunction(
  scope: Construct,
  jobStore: JobStore,
  alertTopic: AlertTopic,
  environment: Readonly<Record<string, string>>,
): BundledFunction {
  const { jobs, checkpoint, subscriptions } = jobStore;
  const { topic } = alertTopic;
  const api = new BundledFunction(scope, 'Function', {
    entry: 'functions/api/handler.ts',
    beside: { program: 'page/build.ts', folder: 'page' },
    description: 'Registers, looks up, lists and cancels jobs, and subscribes people to alerts.',
    memorySize: 512,
    // DynamoDB is asked three times, 7 s each, and API Gateway gives up after 30 s.
    timeout: Duration.seconds(29),
    environment: { ...functionEnvironment(jobStore, alertTopic), ...environment },
  });
  api.allow(
    jobs.tableArn,
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  );
  api.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DeleteItem'],
      resources: [jobs.tableArn],
      // A watched iModel may be deleted, and a job never: no id of a job begins so.
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['imodel#*'] } },
    }),
  );
  api.allow(`${jobs.tableArn}/index/byMonth`, 'dynamodb:Query');
  api.allow(`${jobs.tableArn}/index/byEnd`, 'dynamodb:Query');
  api.allow(checkpoint.tableArn, 'dynamodb:GetItem');
  api.allow(
    subscriptions.tableArn,
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Scan',
  );
  // What is done to a subscription, SNS authorizes by the topic: it has no resource type of its own
  // [https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html].
  api.allow(
    topic.topicArn,
    'sns:ListSubscriptionsByTopic',
    'sns:SetSubscriptionAttributes',
    'sns:Unsubscribe',
  );
  api.addToRolePolicy(
    new PolicyStatement({
      actions: ['sns:Subscribe'],
      resources: [topic.topicArn],
      // Alerts go to people this way, and to no address on the web.
      conditions: { StringEquals: { 'sns:Protocol': ['email', 'sms'] } },
    }),
  );
  return api;
}
