/** A request path that the gateway cannot decode, and answers with 400 without asking the function. */
export class UndecodablePath extends Error {
  override readonly name = 'UndecodablePath';

  constructor(path: string, options?: ErrorOptions) {
    super(`The path ${path} is not percent-encoded UTF-8, or not after one decoding.`, options);
  }
}

/** A request for another host than this machine, answered with 421 without asking the function. */
export class ForeignHost extends Error {
  override readonly name = 'ForeignHost';

  constructor(host: string | undefined) {
    super(`The request is for the host ${host}. Ask 127.0.0.1 or localhost.`);
  }
}

/** A request body over the gateway's limit, answered with 413. */
export class RequestTooLarge extends Error {
  override readonly name = 'RequestTooLarge';

  constructor(limit: number) {
    super(`The request body is over ${limit} bytes.`);
  }
}

/** The function did not answer within the integration timeout; the caller got 503. */
export class IntegrationTimeout extends Error {
  override readonly name = 'IntegrationTimeout';

  constructor(timeoutMs: number) {
    super(`The function did not answer within ${timeoutMs} ms. It may still be running.`);
  }
}

/** The function returned something that API Gateway cannot make a response of; the caller got 500. */
export class MalformedResult extends Error {
  override readonly name = 'MalformedResult';
}

/** The gateway's port is taken. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';

  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another port, ` +
        `for example PORT=${port + 1}.`,
      options,
    );
  }
}
