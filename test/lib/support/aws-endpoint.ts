import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenFor } from '../../../local/listen.ts';

/** The services that an {@link AwsEndpoint} stands for. */
export interface AwsServices {
  readonly dynamoDbUrl: string;
  readonly snsUrl: string;
  /** What the one secret holds now. */
  readonly secret: () => string;
}

/** AWS as one function sees it. */
export interface AwsEndpoint {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** What the function asked for, each as `action resource`, as policies write it. */
  readonly calls: ReadonlySet<string>;
  close(): void;
}

/** Starts an endpoint for DynamoDB, SNS, SQS and Secrets Manager that notes what is asked of it. */
export async function startAwsEndpoint(services: AwsServices): Promise<AwsEndpoint> {
  const calls = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { call, answer } = route(request, body, services);
    calls.add(call);
    const { status, headers, content } = await answer();
    response.writeHead(status, headers).end(content);
  });
  return {
    url: await listenFor(server),
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer | string;
}

function route(request: IncomingMessage, body: Buffer, services: AwsServices) {
  const [service = '', action] = String(request.headers['x-amz-target'] ?? '').split('.');
  const { headers } = request;
  if (service.startsWith('DynamoDB')) {
    const call = `dynamodb:${action} ${tableOf(JSON.parse(body.toString()))}`;
    return { call, answer: () => forward(services.dynamoDbUrl, headers, body) };
  }
  if (service === 'secretsmanager') {
    const call = `secretsmanager:${action} ${JSON.parse(body.toString()).SecretId}`;
    return { call, answer: async () => secretValue(services.secret()) };
  }
  if (service === 'AmazonSQS') {
    const { QueueUrl, Entries } = JSON.parse(body.toString());
    // A batch is authorized as its messages are.
    const call = `sqs:${action?.replace(/Batch$/, '')} ${QueueUrl}`;
    return { call, answer: async () => batchTaken(Entries) };
  }
  const form = new URLSearchParams(body.toString());
  const call = `sns:${form.get('Action')} ${topicOf(form)}`;
  return { call, answer: () => forward(services.snsUrl, headers, body) };
}

/** The table, or its index, that a request to DynamoDB is about. */
function tableOf({ TableName, IndexName, RequestItems }: Record<string, string | object>): string {
  if (RequestItems) return Object.keys(RequestItems).join();
  return IndexName ? `${TableName}/index/${IndexName}` : String(TableName);
}

/** The topic that a request to SNS is authorized by: that of a subscription is in its ARN. */
function topicOf(form: URLSearchParams): string {
  const subscriptionArn = form.get('SubscriptionArn') ?? '';
  return form.get('TopicArn') ?? subscriptionArn.slice(0, subscriptionArn.lastIndexOf(':'));
}

function secretValue(secret: string): Answer {
  const content = JSON.stringify({ SecretString: secret, VersionId: `version-of-${secret}` });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, content };
}

interface Message {
  readonly Id: string;
  readonly MessageBody: string;
}

function batchTaken(entries: readonly Message[]): Answer {
  const Successful = entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }));
  const content = JSON.stringify({ Successful, Failed: [] });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, content };
}

async function forward(url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  const { host: _, connection: __, 'content-length': ___, ...rest } = headers;
  const response = await fetch(url, {
    method: 'POST',
    headers: rest as Record<string, string>,
    body: new Uint8Array(body),
  });
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    content: Buffer.from(await response.arrayBuffer()),
  };
}
