import type { Method } from '@middy/http-router';
import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type {
  CheckpointStore,
  IModelStore,
  ListableJobStore,
  Log,
  StatisticsStore,
  Subscribers,
  SubscriptionStore,
  TimeSource,
} from '../../core/ports.ts';

/** What the API needs of the outside world. */
export interface ApiPorts {
  readonly jobs: ListableJobStore;
  readonly iModels: IModelStore;
  readonly checkpoints: CheckpointStore;
  readonly statistics: Pick<StatisticsStore, 'endedPage' | 'month'>;
  readonly subscriptions: SubscriptionStore;
  readonly subscribers: Subscribers;
  readonly time: TimeSource;
  /** Lets so many ms go by, and keeps the process up meanwhile. */
  readonly wait: (ms: number) => Promise<void>;
  /** A UUID that was never given out before. */
  readonly newId: () => string;
  readonly log: Log;
  /** Counts one more job that was registered, or registered again. */
  readonly countRegistration: () => void;
}

/** The part of an event's request context in which API Gateway tells whom it let in. */
export interface CallerContext {
  /** Absent where nobody is asked who they are: in the local run. */
  readonly authorizer?: Partial<
    APIGatewayEventRequestContextIAMAuthorizer & APIGatewayEventRequestContextJWTAuthorizer
  >;
}

/** An HTTP request: payload format 2.0 of API Gateway's HTTP APIs. */
export type ApiEvent = APIGatewayProxyEventV2 & { readonly requestContext: CallerContext };

/** An HTTP answer in the same format. */
export type ApiResult = APIGatewayProxyStructuredResultV2;

/** One method on one path. */
export interface ApiRoute {
  readonly method: Method;
  /** As in `/jobs/{jobId}`. */
  readonly path: string;
  readonly handler: (event: ApiEvent, context: Context) => Promise<ApiResult>;
}
