import { GROUPING_AND_MAPPING_EXTRACTION } from './grouping-and-mapping-extraction.ts';
import { type Kind, UUID } from './kind.ts';
import { REPORTING_EXTRACTION } from './reporting-extraction.ts';

/** Every kind of upstream job that can be watched. No caller can add one. */
export const KINDS = {
  'reporting-extraction': REPORTING_EXTRACTION,
  'grouping-and-mapping-extraction': GROUPING_AND_MAPPING_EXTRACTION,
} as const satisfies Readonly<Record<string, Kind>>;

/** The name of a kind. */
export type KindName = keyof typeof KINDS;

/** The names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

/** The kind of a job that does not say: those on record from before there were others. */
export const DEFAULT_KIND: KindName = 'reporting-extraction';

/** How a job is asked about. */
export function kindOf({ kind = DEFAULT_KIND }: { readonly kind?: KindName }): Kind {
  return KINDS[kind];
}

/** The one spelling of an id, whichever kind it is of; undefined when it is the id of none. */
export function parseAnyId(text: string): string | undefined {
  for (const kind of KIND_NAMES) {
    const id = parseId(KINDS[kind], text);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * The kind and the id in a status link as upstream gives it out. Only its path is of account, and that
 * only where the link is on the API's own host.
 *
 * @returns undefined when it is the link of no kind, or carries more than a plain path
 */
export function jobOfLink(
  link: string,
  api: URL,
): { readonly kind: KindName; readonly jobId: string } | undefined {
  const url = URL.parse(link);
  const isPlain =
    url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || url.host !== api.host || !/^https?:$/.test(url.protocol)) return undefined;
  // A parser has taken dot segments out of the path by now: they must not have been there at all.
  if (link.replace(/^https?:\/\/[^/]*/i, '') !== url.pathname) return undefined;
  for (const kind of KIND_NAMES) {
    const jobId = idInPath(KINDS[kind], url.pathname);
    if (jobId !== undefined) return { kind, jobId };
  }
  return undefined;
}

/**
 * The one spelling of an id: a UUID in lower case, any other as it is, since it may be case-sensitive.
 * Whatever goes into a URL goes through here.
 *
 * @returns undefined when the text is no id of this kind
 */
export function parseId({ idForms }: Pick<Kind, 'idForms'>, text: string): string | undefined {
  const lowered = text.toLowerCase();
  const id = UUID.test(lowered) ? lowered : text;
  return idForms.some((form) => form.test(id)) ? id : undefined;
}

/** Where the status of a job is (`id`: in its one spelling). */
export function statusUrl({ statusPaths }: Kind, { origin }: URL, id: string): string {
  return `${origin}${statusPaths[0]?.replace('{id}', id)}`;
}

/** The id in the path of a status link; undefined when it is none of this kind. */
export function idInPath(kind: Kind, path: string): string | undefined {
  for (const template of kind.statusPaths) {
    const [before = '', after = ''] = template.replace('{iModelId}', '[\\w-]+').split('{id}');
    const [, id] = new RegExp(`^${before}([\\w-]+)${after}/?$`, 'i').exec(path) ?? [];
    const known = id === undefined ? undefined : parseId(kind, id);
    if (known !== undefined) return known;
  }
  return undefined;
}
