/** What a service client proves itself with at the token endpoint. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Tells these credentials from others without telling them. */
  readonly version: string;
}

/** Where the credentials are kept. */
export interface CredentialSource {
  /**
   * The credentials as they are now.
   *
   * @throws CredentialsRefused when there are none, or none that can be read
   * @throws TokenEndpointDown when the place where they are kept does not answer
   */
  read(signal: AbortSignal): Promise<Credentials>;
  /**
   * The version of what is kept now, even if it cannot be read as credentials: so somebody who
   * corrects it is noticed.
   *
   * @throws TokenEndpointDown when the place where they are kept does not answer
   */
  version(signal: AbortSignal): Promise<string>;
}
