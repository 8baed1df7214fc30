import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
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

interface Documented {
  readonly description: string;
  readonly headers?: Readonly<
    Record<string, { readonly required: boolean; readonly schema: object }>
  >;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
type Reference = { readonly $ref: string };
type PathItem = Readonly<
  Record<string, { readonly responses: Readonly<Record<string, Documented | Reference>> }>
>;

/** What the document says in words: the answers where there is no operation. */
const problem = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};
const elsewhere: PathItem[string] = {
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

const components = closed(document.components);
const paths: readonly [path: string, item: PathItem][] = Object.entries(closed(document.paths));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validators = new Map<object, ValidateFunction>();

/**
 * Fails when the OpenAPI document does not tell of an answer: of its status, its media type, one of
 * its headers, or anything in its body. It is the document's own schemas that say so, to Ajv.
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
  const response = responseFor(method, path, status);
  if (!response) return [`Status ${status}.`];
  const lowerCased = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return [
    ...headerFaults(response, lowerCased),
    ...contentFaults(response, lowerCased['content-type'], body),
  ];
}

function headerFaults(
  { headers: documented = {} }: Documented,
  headers: Readonly<Record<string, string>>,
): string[] {
  const known = new Set(Object.keys(documented).map((name) => name.toLowerCase()));
  const unknown = Object.keys(headers).filter(
    (name) => !known.has(name) && !GENERAL_HEADERS.has(name),
  );
  return [
    ...unknown.map((name) => `Header ${name}.`),
    ...Object.entries(documented).flatMap(([name, { required, schema }]) => {
      const value = headers[name.toLowerCase()];
      if (value !== undefined) return schemaFaults(schema, value);
      return required ? [`No header ${name}.`] : [];
    }),
  ];
}

function contentFaults(
  { content = {} }: Documented,
  mediaType: string | undefined,
  body: string,
): string[] {
  if (Object.keys(content).length === 0) return body === '' ? [] : ['There is a body.'];
  const documented = content[mediaType ?? ''];
  if (!documented) return [`Media type ${mediaType}.`];
  return body === '' ? ['There is no body.'] : schemaFaults(documented.schema, JSON.parse(body));
}

function schemaFaults(schema: object, value: unknown): string[] {
  const validate = validators.get(schema) ?? ajv.compile({ ...schema, components });
  validators.set(schema, validate);
  return validate(value) ? [] : [ajv.errorsText(validate.errors)];
}

function responseFor(method: string, path: string, status: number): Documented | undefined {
  const operations = paths
    .filter(([documented]) => patternOf(documented).test(path))
    .flatMap(([, item]) => Object.entries(item));
  const [, operation = elsewhere] =
    operations.find(([name]) => name === method.toLowerCase()) ?? [];
  const response = operation.responses[status];
  if (!response || !('$ref' in response)) return response;
  const name = response.$ref.replace('#/components/responses/', '');
  return (components.responses as Readonly<Record<string, Documented>>)[name];
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
