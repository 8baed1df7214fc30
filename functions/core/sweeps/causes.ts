import { fieldsOf, parseJson } from '../objects.ts';

/** What a cause means, and what to do about it: the one source of health, log, notices and runbook. */
export interface CauseText {
  /** A few words, as for the subject of a mail. */
  readonly title: string;
  /** One sentence for whoever operates the monitor. */
  readonly meaning: string;
  /** What to do, the first thing first. */
  readonly action: string;
}

/** What can be wrong, told apart where different people have to act. */
export const CAUSES = {
  CredentialsMissing: {
    title: 'No iTwin credentials yet',
    meaning: 'No iTwin credentials have been filled in yet.',
    action:
      'Put the client id and the client secret of the service application into the secret that the ' +
      "stack's output CredentialsSecretName names. The next sweep takes them.",
  },
  CredentialsUnreadable: {
    title: 'The iTwin credentials cannot be read',
    meaning: 'The iTwin credentials cannot be read where they are kept.',
    action:
      "See that the secret which the stack's output CredentialsSecretName names is there, holds " +
      'clientId and clientSecret as JSON, and may be read by the monitor.',
  },
  CredentialsRefused: {
    title: 'iTwin credentials refused',
    meaning: 'The iTwin Platform refuses our credentials.',
    action:
      'Make a new client secret in the iTwin developer portal and put it into the secret that the ' +
      "stack's output CredentialsSecretName names (of a local run into ITWIN_CLIENT_SECRET, and " +
      'start it again). If that is no help, check client id and scope.',
  },
  TokenExpired: {
    title: 'Access token expired',
    meaning: 'The iTwin Platform says that the access token is not valid any more.',
    action:
      'Replace the access token (ITWIN_ACCESS_TOKEN of a local run, and start it again), or let the ' +
      'monitor fetch its own with a client secret.',
  },
  ClientUnknown: {
    title: 'iTwin client unknown',
    meaning: 'The iTwin Platform does not know our client: it was removed, or its trial is over.',
    action:
      'Register the client again, or end the trial with a subscription; a new secret is no help.',
  },
  RoleMissing: {
    title: 'Role missing',
    meaning: "The monitor's service account may not read these runs.",
    action: 'Give the service account a role with imodels_read on the iTwin.',
  },
  RateLimited: {
    title: 'Rate limit reached',
    meaning: 'The iTwin Platform limits how many requests may be made in a minute or an hour.',
    action:
      'Lower checksPerMinute (CHECKS_PER_MINUTE of a local run), or see who else uses the same ' +
      'subscription.',
  },
  QuotaUsedUp: {
    title: 'Call quota used up',
    meaning: 'The quota of calls of our subscription is used up.',
    action: 'Wait until it is replenished, or get a larger quota.',
  },
  TokenEndpointDown: {
    title: 'Token endpoint down',
    meaning: 'The token endpoint gives no usable access token.',
    action: 'Nothing, if it comes back by itself; else see the status page of the iTwin Platform.',
  },
  UpstreamDown: {
    title: 'The iTwin Platform gives no answers',
    meaning:
      'For minutes an API of the iTwin Platform has given no answer, or none that tells anything.',
    action:
      'Nothing, if it comes back by itself. See its status page; if all is well there, see what is ' +
      'the last error of a pending job (GET /jobs), and whether the monitor reaches the platform.',
  },
  IModelUnknown: {
    title: 'iModel unknown',
    meaning: 'The iTwin Platform does not know this iModel.',
    action: 'Compare its id with that of the iModel; if it was deleted, end its watch.',
  },
  ListUnreadable: {
    title: 'Runs of an iModel cannot be listed',
    meaning: 'The list of the runs of this iModel cannot be read.',
    action:
      'Nothing, if it comes right by itself; else watch it with the other source, or ask Bentley.',
  },
  NoRuns: {
    title: 'No runs of an iModel seen',
    meaning: 'For a day or longer no list has shown a run of this iModel.',
    action: 'If it has runs, give the service account a role with imodels_read on its iTwin.',
  },
  UpstreamFault: {
    title: 'All runs missing at once',
    meaning: 'The iTwin Platform says of all runs at once that they are not there.',
    action:
      'Look at one of the runs with an account of your own. If you see it, give the service account ' +
      'its role back (imodels_read on the iTwin); if not, ask Bentley.',
  },
  AlertsFailing: {
    title: 'Alerts cannot be published',
    meaning: 'Alerts cannot be published: people wait for news of runs that have ended.',
    action:
      'See in the log why the alert topic takes none. If the topic, its key or a permission was ' +
      'changed, deploy again. GET /jobs lists what people should know.',
  },
  NobodyListening: {
    title: 'Nobody gets alerts',
    meaning: 'Nobody gets alerts: the alert topic has no confirmed subscription.',
    action:
      'Subscribe somebody (POST /subscriptions), or have the link in the confirmation mail opened. ' +
      'GET /jobs lists what ended meanwhile.',
  },
  ListenersLost: {
    title: 'A receiver of alerts is lost',
    meaning:
      'Somebody should get alerts and does not: a subscription vanished, or is not confirmed.',
    action:
      'See GET /subscriptions who it is, and subscribe them again, or delete the subscription.',
  },
  IModelsUnread: {
    title: 'Runs of iModels cannot be listed',
    meaning: 'Lists of watched iModels cannot be read, or have shown no run for a day.',
    action:
      'See GET /imodels for which, since when and what to do: an iModel may be gone, or the service ' +
      'account may lack a role with imodels_read on its iTwin.',
  },
  ChecksLate: {
    title: 'Checks are late',
    meaning: 'Checks come later than twice what the number of pending jobs explains.',
    action:
      'See the lines "A sweep ended" in the log of the monitor: few checks in long sweeps mean that ' +
      'upstream is slow, and errors say what they are.',
  },
  SweepErrors: {
    title: 'Sweeps meet errors',
    meaning: 'Sweeps meet errors of our own: a table, a permission or a defect.',
    action:
      'See the log of the monitor, level ERROR. For a missing permission deploy again; a defect ' +
      'that one job brings up ends with that job (DELETE /jobs/{jobId}).',
  },
} as const satisfies Readonly<Record<string, CauseText>>;

/** The name of a cause. */
export type Cause = keyof typeof CAUSES;

/**
 * A name on record, or another where there are no words for it: a later version may have left it, and be
 * rolled back to this one.
 */
export function knownCause<C extends Cause>(onRecord: C, otherwise: C): C {
  return Object.hasOwn(CAUSES, onRecord) ? onRecord : otherwise;
}

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
  const codes = [error, ...details]
    .map((each) => fieldsOf(each).code)
    // Of an object with a field `toString` no text can be made: the answer would seem to have broken off.
    .filter((code) => typeof code === 'string');
  if (status === 403) return codes.includes('InsufficientPermissions') ? 'RoleMissing' : undefined;
  if (codes.includes('UnknownClient')) return 'ClientUnknown';
  const isGateways = document.error === undefined && document.statusCode === status;
  return isGateways || codes.some((code) => EXPIRED.test(code)) ? 'TokenExpired' : undefined;
}
