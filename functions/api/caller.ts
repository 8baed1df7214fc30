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

/**
 * Who calls, at most 1 KB: the ARN of an IAM identity, or the subject of a token; a token that was
 * issued to a service rather than to a person may name its client alone.
 */
export function callerOf({ authorizer }: CallerContext): string {
  const claims = authorizer?.jwt?.claims;
  const caller = authorizer?.iam?.userArn ?? claims?.sub ?? claims?.client_id ?? 'local';
  return storedText(String(caller));
}
