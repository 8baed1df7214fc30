/**
 * AWS over HTTP, by the three protocols that its services speak. No SDK: what a deployment sends is what
 * the template says, and a rehearsal needs a dozen services for one or two requests each.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** Where AWS is, and who asks. */
export interface AwsOptions {
  readonly region: string;
  /** Of an emulator, where all services are; without it the services of the region. */
  readonly endpoint?: string;
  /** Gets each request instead of AWS, and gives the answer. */
  readonly dryRun?: (request: string) => string;
}

/** A JSON object, or what there is of it. */
export type Json = Readonly<Record<string, unknown>>;

/** AWS in one region. */
export interface Aws {
  readonly region: string;
  /**
   * DynamoDB, SQS, Secrets Manager, KMS, Logs: the operation is in a header, the rest is JSON.
   *
   * @throws the reason of `signal` when that is aborted
   */
  json(service: JsonService, operation: string, body: Json, signal?: AbortSignal): Promise<Json>;
  /** SNS, IAM, CloudWatch, CloudFormation: a form. @returns the text of the XML */
  query(service: QueryService, action: string, parameters: Json): Promise<string>;
  /** Lambda, Scheduler, API Gateway and its APIs: method and path. */
  rest(service: string, method: string, path: string, body?: Json, origin?: string): Promise<Json>;
}

/** AWS refused a request. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
}

const TARGETS = {
  dynamodb: 'DynamoDB_20120810',
  sqs: 'AmazonSQS',
  secretsmanager: 'secretsmanager',
  kms: 'TrentService',
  logs: 'Logs_20140328',
} as const;

const VERSIONS = {
  sns: '2010-03-31',
  iam: '2010-05-08',
  monitoring: '2010-08-01',
  cloudformation: '2010-05-15',
} as const;

type JsonService = keyof typeof TARGETS;
type QueryService = keyof typeof VERSIONS;

/** Connects with the credentials of whoever runs this, as the SDK finds them; an emulator asks for none. */
export function connectToAws(options: AwsOptions): Aws {
  const at = (service: string) => new URL(options.endpoint ?? serviceUrl(service, options.region));
  return {
    region: options.region,
    async json(service, operation, body, signal) {
      const version = service === 'dynamodb' || service === 'sqs' ? '1.0' : '1.1';
      const text = await send(options, {
        service,
        url: at(service),
        method: 'POST',
        headers: {
          'content-type': `application/x-amz-json-${version}`,
          'x-amz-target': `${TARGETS[service]}.${operation}`,
        },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      });
      return parse(text);
    },
    query(service, action, parameters) {
      const form = new URLSearchParams({ Action: action, Version: VERSIONS[service] });
      for (const [name, value] of flatten(parameters)) form.append(name, value);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = form.toString();
      return send(options, { service, url: at(service), method: 'POST', headers, body });
    },
    async rest(service, method, path, content, origin) {
      const url = new URL(path, origin ?? at(service));
      const headers = { 'content-type': 'application/json' };
      const body = content ? JSON.stringify(content) : '';
      return parse(await send(options, { service, url, method, headers, body }));
    },
  };
}

interface Request {
  readonly service: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal;
}

/** Signs a request and sends it. @returns the body of the answer @throws AwsError */
async function send(options: AwsOptions, { service, ...request }: Request): Promise<string> {
  const { url, method } = request;
  const body = request.body === '' ? {} : { body: request.body };
  if (options.dryRun) {
    const operation = request.headers['x-amz-target'] ?? '';
    return options.dryRun([method, url.href, operation, request.body].filter(Boolean).join(' '));
  }
  const signer = new SignatureV4({
    service,
    region: options.region,
    credentials: options.endpoint ? EMULATOR_CREDENTIALS : defaultProvider(),
    sha256: Sha256,
  });
  const signing = signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...request.headers, host: url.host },
    ...body,
  });
  const { headers } = await signing.catch((cause: Error) => {
    throw new AwsError(`There are no AWS credentials to sign with: ${cause.message}`, { cause });
  });
  const { signal = null } = request;
  const response = await fetch(url, { method, headers, signal, ...body }).catch((cause: Error) => {
    signal?.throwIfAborted();
    throw new AwsError(`There is no way to ${url.host}. See to the region and the network.`, {
      cause,
    });
  });
  const text = await response.text();
  if (response.ok) return text;
  const asked = request.headers['x-amz-target'] ?? `${method} ${url.pathname}`;
  throw new AwsError(`${service} refuses ${asked} (${response.status}): ${text}`);
}

/** What an emulator takes for credentials: anything. */
const EMULATOR_CREDENTIALS = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' };

function serviceUrl(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** The first element of a name in an XML text; empty where there is none. */
export function elementIn(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? '';
}

/** `{A: {B: [1, 2]}}` as a form says it: `A.B.member.1` and `A.B.member.2`. */
function flatten(value: unknown, name = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  const prefix = name && `${name}.`;
  const entries = Array.isArray(value)
    ? value.map((each, i) => [`${prefix}member.${i + 1}`, each] as const)
    : Object.entries(value).map(([key, each]) => [prefix + key, each] as const);
  return entries.flatMap(([key, each]) => flatten(each, key));
}

function parse(text: string): Json {
  return text === '' ? {} : JSON.parse(text);
}
