/** A kept-alive connection was closed under a request; the same request may be sent once more. */
export class DroppedConnection extends Error {
  override readonly name = 'DroppedConnection';
}

/**
 * What is the matter with the credentials.
 *
 * - `NotFilledIn`: there are none, only a placeholder, or nothing of the form of credentials.
 * - `Unreadable`: the place where they are kept does not let them be read.
 * - `Refused`: the token endpoint does not take them.
 */
export type CredentialsFault = 'NotFilledIn' | 'Unreadable' | 'Refused';

/** The credentials for upstream are missing, unreadable or refused: somebody has to change them. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
  readonly why: CredentialsFault;

  /** @param options `why` is `Refused` if nothing else is said */
  constructor(message?: string, options: ErrorOptions & { readonly why?: CredentialsFault } = {}) {
    const { why = 'Refused', ...rest } = options;
    super(message, rest);
    this.why = why;
  }
}

/** The token endpoint answers with 5xx, nonsense, or not at all: it may come back by itself. */
export class TokenEndpointDown extends Error {
  override readonly name = 'TokenEndpointDown';
}

/** Why there is no access token to ask with. */
export type TokenFault = CredentialsRefused | TokenEndpointDown;

/** Whether an error says that there is no access token, which is never the fault of a job. */
export function isTokenFault(error: unknown): error is TokenFault {
  return error instanceof CredentialsRefused || error instanceof TokenEndpointDown;
}

/** The topic refuses a message as invalid: publishing the same message again is of no use. */
export class AlertRefused extends Error {
  override readonly name = 'AlertRefused';
}

/** The topic does not take a subscription: its message says why. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';
}

/** The topic has more subscribers than are ever listed. */
export class TooManySubscribers extends Error {
  override readonly name = 'TooManySubscribers';
}
