/** A kept-alive connection was closed under a request; the same request may be sent once more. */
export class DroppedConnection extends Error {
  override readonly name = 'DroppedConnection';
}

/** The credentials for upstream are missing, unreadable or refused: somebody has to change them. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
}

/** The token endpoint answers with 5xx, nonsense, or not at all: it may come back by itself. */
export class TokenEndpointDown extends Error {
  override readonly name = 'TokenEndpointDown';
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
