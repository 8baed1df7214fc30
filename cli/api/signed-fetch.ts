import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import {
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_REGION_CONFIG_OPTIONS,
} from '@smithy/core/config';
import { SignatureV4 } from '@smithy/signature-v4';
import { UsageError } from '../errors.ts';

/** An address that API Gateway gave out names its region; a domain of one's own does not. */
const REGION = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** Sends one request. */
export type Fetch = (request: Request) => Promise<Response>;

/**
 * A `fetch` that signs requests (SigV4) with the AWS credentials that the SDK finds: environment,
 * shared files, single sign-on, roles.
 */
export function createSignedFetch(url: URL): Fetch {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: REGION.exec(url.hostname)?.[1] ?? (() => regionFromSettings()),
    credentials: findCredentials(),
    sha256: Sha256,
  });
  return async (request) => {
    const { protocol, hostname, host, port, pathname, searchParams } = new URL(request.url);
    const body = await request.text();
    const { headers } = await signer.sign({
      method: request.method,
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path: pathname,
      query: Object.fromEntries(
        [...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]),
      ),
      headers: { ...Object.fromEntries(request.headers), host },
      ...(body !== '' && { body }),
    });
    return fetch(
      new Request(request.url, {
        method: request.method,
        headers,
        redirect: request.redirect,
        signal: request.signal,
        ...(body !== '' && { body }),
      }),
    );
  };
}

function findCredentials() {
  const find = defaultProvider();
  return async () => {
    try {
      return await find();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(
        `No AWS credentials to sign with: ${reason}. Log in (aws sso login, AWS_PROFILE), or set ` +
          'EXTRACTION_MONITOR_TOKEN where the API takes tokens.',
        { cause },
      );
    }
  };
}

async function regionFromSettings(): Promise<string> {
  try {
    return await loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)();
  } catch (cause) {
    throw new UsageError('The URL does not tell the region of the API: set AWS_REGION.', { cause });
  }
}
