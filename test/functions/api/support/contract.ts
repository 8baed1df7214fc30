import { getHttpOperationsFromSpec } from '@stoplight/prism-http/dist/utils/operations.js';
import { validateOutput } from '@stoplight/prism-http/dist/validator/index.js';
import document from '../../../../docs/openapi.json' with { type: 'json' };

/** An answer as a caller has it: names of headers in any case, the body as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Headers that every answer has, those of the transport, and `content-type`, which is no header here. */
const GENERAL_HEADERS: ReadonlySet<string> = new Set([
  'apigw-requestid',
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
]);

/** What the document says in words: the answers where there is no operation. */
const problem = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};
const elsewhere = {
  responses: {
    403: { $ref: '#/components/responses/Forbidden' },
    404: { description: 'There is nothing at this path.', content: problem },
    405: {
      description: 'There is, for other methods.',
      headers: { Allow: { required: true, schema: { type: 'string' } } },
      content: problem,
    },
  },
};

const operations = await getHttpOperationsFromSpec(
  closed({ ...document, paths: { ...document.paths, '/elsewhere': { trace: elsewhere } } }),
);

/**
 * Fails when the OpenAPI document does not tell of an answer: of its status, its media type, one of
 * its headers, or anything in its body. It is Prism that says so, a validator by other people; only
 * where Prism is lenient it is said here.
 */
export function mustBeDocumented(method: string, path: string, answer: HttpAnswer): void {
  const faults = faultsOf(method, path, answer);
  if (faults.length === 0) return;
  throw new Error(
    `${method} ${path}: docs/openapi.json tells of no such answer.\n${faults.join('\n')}\n` +
      JSON.stringify(answer, null, 2),
  );
}

/** `fetch` that rejects when an answer is not as the document has it. */
export async function checkedFetch(address: string | Request, init?: RequestInit) {
  const request = new Request(address, init);
  const response = await fetch(request);
  mustBeDocumented(request.method, new URL(request.url).pathname, {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.clone().text(),
  });
  return response;
}

function faultsOf(method: string, path: string, { status, headers, body }: HttpAnswer): string[] {
  const operation = operationFor(method, path);
  const lowerCased = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const type = lowerCased['content-type'];
  const result = validateOutput({
    resource: operation,
    element: {
      statusCode: status,
      headers: lowerCased,
      ...(body !== '' && { body: JSON.parse(body) }),
    },
  });
  const response = operation.responses.find(({ code }) => code === String(status));
  const contents = (response?.contents ?? []).map(({ mediaType }) => mediaType);
  const known = new Set(response?.headers?.map(({ name }) => name.toLowerCase()));
  return [
    ...('left' in result ? result.left.map(({ message }) => message) : []),
    ...(contents.length === 0 && body !== '' ? ['There is a body.'] : []),
    ...(contents.length > 0 && !contents.includes(type ?? '') ? [`Media type ${type}.`] : []),
    ...Object.keys(lowerCased)
      .filter((name) => !known.has(name) && !GENERAL_HEADERS.has(name))
      .map((name) => `Header ${name}.`),
  ];
}

function operationFor(method: string, path: string) {
  const found = operations.find(
    (operation) =>
      operation.method === method.toLowerCase() && patternOf(operation.path).test(path),
  );
  const fallback = operations.find((operation) => operation.path === '/elsewhere');
  if (!fallback) throw new Error('The answers elsewhere are not in the document.');
  return found ?? fallback;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/]+')}/?$`);
}

/** A document whose answers have no room for more: clients must expect new fields, this must not. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, closed(value)]);
  const isOpen = 'properties' in node && !('additionalProperties' in node);
  return Object.fromEntries([...entries, ...(isOpen ? [['additionalProperties', false]] : [])]);
}
