import { fieldsOf, parseJson } from '../objects.ts';

/** What a cause means, and what to do about it: for health, log, notices and runbook. */
export interface CauseText {
  /** One sentence for whoever operates the monitor. */
  readonly meaning: string;
  /** What to do, the first thing first. */
  readonly action: string;
}

/** Why upstream gives no answers about runs, or some: told apart where different people have to act. */
export const CAUSES = {
  CredentialsMissing: {
    meaning: 'No iTwin credentials have been filled in yet.',
    action: 'Put the client id and the client secret of the service application in place.',
  },
  CredentialsUnreadable: {
    meaning: 'The iTwin credentials cannot be read where they are kept.',
    action: 'See that the secret exists, is well-formed, and may be read by the monitor.',
  },
  CredentialsRefused: {
    meaning: 'The iTwin Platform refuses our credentials.',
    action: 'Check the client id, the client secret and the scope; renew the secret if it is over.',
  },
  TokenExpired: {
    meaning: 'The iTwin Platform says that the access token is not valid any more.',
    action: 'Replace the access token, or let the monitor fetch its own with a client secret.',
  },
  ClientUnknown: {
    meaning: 'The iTwin Platform does not know our client: it was removed, or its trial is over.',
    action:
      'Register the client again, or end the trial with a subscription; a new secret is no help.',
  },
  RoleMissing: {
    meaning: "The monitor's service account may not read these runs.",
    action: 'Give the service account a role with imodels_read on the iTwin.',
  },
  RateLimited: {
    meaning: 'The iTwin Platform limits how many requests may be made in a minute or an hour.',
    action: 'Lower the budget of requests, or see who else uses the same subscription.',
  },
  QuotaUsedUp: {
    meaning: 'The quota of calls of our subscription is used up.',
    action: 'Wait until it is replenished, or get a larger quota.',
  },
  TokenEndpointDown: {
    meaning: 'The token endpoint gives no usable access token.',
    action: 'Nothing, if it comes back by itself; else see the status page of the iTwin Platform.',
  },
  UpstreamDown: {
    meaning: 'The iTwin Platform gives no answers.',
    action: 'Nothing, if it comes back by itself; else see its status page, and our way to it.',
  },
  IModelUnknown: {
    meaning: 'The iTwin Platform does not know this iModel.',
    action: 'Compare its id with that of the iModel; if it was deleted, end its watch.',
  },
  ListUnreadable: {
    meaning: 'The list of the runs of this iModel cannot be read.',
    action:
      'Nothing, if it comes right by itself; else watch it with the other source, or ask Bentley.',
  },
  NoRuns: {
    meaning: 'For a day or longer no list has shown a run of this iModel.',
    action: 'If it has runs, give the service account a role with imodels_read on its iTwin.',
  },
  UpstreamFault: {
    meaning: 'The iTwin Platform says of all runs at once that they are not there.',
    action: 'See whether the service account has lost its role, or ask Bentley.',
  },
} as const satisfies Readonly<Record<string, CauseText>>;

/** The name of a cause. */
export type Cause = keyof typeof CAUSES;

/** Codes of a 401 that say that the token is over, in any spelling. */
const EXPIRED = /^(?:token_?expired|expired_?token)$/i;

/**
 * Why upstream refuses a request (401 or 403), by the codes in its body: never by its words, which may
 * be anybody's. Errors are `{error: {code, details: [{code}]}}` [iTwin Platform documentation]; those of
 * its gateway are `{statusCode, message}`, unwrapped, and come to a token that it cannot read.
 *
 * @param body as far as it was read; no JSON says nothing
 * @returns undefined when no code tells more than the status does
 */
export function causeOfRefusal(status: 401 | 403, body: string): Cause | undefined {
  const document = fieldsOf(parseJson(body));
  const error = fieldsOf(document.error);
  const details = Array.isArray(error.details) ? error.details : [];
  const codes = [error, ...details].map((each) => String(fieldsOf(each).code ?? ''));
  if (status === 403) return codes.includes('InsufficientPermissions') ? 'RoleMissing' : undefined;
  if (codes.includes('UnknownClient')) return 'ClientUnknown';
  const isGateways = document.error === undefined && document.statusCode === status;
  return isGateways || codes.some((code) => EXPIRED.test(code)) ? 'TokenExpired' : undefined;
}
