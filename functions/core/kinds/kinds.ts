import { pick } from '../objects.ts';
import { CARBON_EC3 } from './carbon-ec3.ts';
import { CARBON_ONE_CLICK_LCA } from './carbon-one-click-lca.ts';
import { GROUPING_AND_MAPPING_EXTRACTION } from './grouping-and-mapping-extraction.ts';
import { type Kind, type Parameter, type PathParameters, UUID, UUIDS } from './kind.ts';
import { REPORTING_EXTRACTION } from './reporting-extraction.ts';
import { SYNCHRONIZATION_RUN } from './synchronization-run.ts';

/** Every kind of upstream job that can be watched. No caller can add one. */
export const KINDS = {
  'reporting-extraction': REPORTING_EXTRACTION,
  'grouping-and-mapping-extraction': GROUPING_AND_MAPPING_EXTRACTION,
  'synchronization-run': SYNCHRONIZATION_RUN,
  'carbon-ec3': CARBON_EC3,
  'carbon-one-click-lca': CARBON_ONE_CLICK_LCA,
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

/** Which upstream job is meant: all that the path of its status is made of. */
export interface JobRef extends PathParameters {
  readonly kind?: KindName;
  readonly jobId: string;
}

const PARAMETERS = ['connectionId', 'connectionType'] as const satisfies (keyof PathParameters)[];

/** A part of a job's reference that is not as its kind has it. */
export interface WrongPart {
  readonly name: 'jobId' | keyof PathParameters;
  readonly detail: string;
}

/** What is wrong with a reference, its id being in one spelling; nothing when it leads to a status. */
export function wrongParts(job: JobRef): WrongPart[] {
  const kind = kindOf(job);
  const isId = parseId(kind, job.jobId) === job.jobId;
  const mustBe = `must be of the form that ids of ${job.kind ?? DEFAULT_KIND} have; of another kind, name that`;
  return [
    ...(isId ? [] : [{ name: 'jobId', detail: mustBe } as const]),
    ...PARAMETERS.flatMap((name) => {
      const detail = wrongParameter(kind.parameters?.[name], job[name]);
      return detail === undefined ? [] : [{ name, detail }];
    }),
  ];
}

function wrongParameter(wanted: Parameter | undefined, value: string | undefined) {
  if (wanted) return wanted.form.test(value ?? '') ? undefined : `must be ${wanted.mustBe}`;
  return value === undefined ? undefined : 'must be left out: jobs of this kind have none';
}

/** A reference with the parameters that go without saying. */
export function withUsual(job: JobRef): JobRef {
  const { parameters = {} } = kindOf(job);
  const usual = PARAMETERS.map((name) => [name, parameters[name]?.usual]);
  return { ...pick(Object.fromEntries(usual) as PathParameters, ...PARAMETERS), ...job };
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
 * The job in a status link as upstream gives it out. Only its path is of account, and that only where
 * the link is on the API's own host.
 *
 * @returns undefined when it is the link of no kind, or carries more than a plain path
 */
export function jobOfLink(link: string, api: URL): JobRef | undefined {
  const url = URL.parse(link);
  const isPlain =
    url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || url.host !== api.host || !/^https?:$/.test(url.protocol)) return undefined;
  // A parser has taken dot segments out of the path by now: they must not have been there at all.
  if (link.replace(/^https?:\/\/[^/]*/i, '') !== url.pathname) return undefined;
  for (const kind of KIND_NAMES) {
    const job = jobInPath(kind, url.pathname);
    if (job !== undefined) return job;
  }
  return undefined;
}

/**
 * The one spelling of an id: UUIDs in lower case, any other as it is, since it may be case-sensitive.
 * Whatever goes into a URL goes through here.
 *
 * @returns undefined when the text is no id of this kind
 */
export function parseId({ idForms }: Pick<Kind, 'idForms'>, text: string): string | undefined {
  const lowered = text.toLowerCase();
  const id = UUID.test(lowered) || UUIDS.test(lowered) ? lowered : text;
  return idForms.some((form) => form.test(id)) ? id : undefined;
}

/** Where the status of a job is, of which no part is wrong. */
export function statusUrl(job: JobRef, api: URL): string {
  const { connectionId = '', connectionType = '' } = job;
  const [path = ''] = kindOf(job).statusPaths;
  const filled = path
    .replace('{id}', job.jobId)
    .replace('{connectionId}', connectionId)
    .replace('{connectionType}', connectionType);
  return `${api.origin}${filled}`;
}

/** The job in the path of a status link; undefined when it is none of this kind. */
function jobInPath(name: KindName, path: string): JobRef | undefined {
  const kind = kindOf({ kind: name });
  for (const template of kind.statusPaths) {
    const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[\\w-]+)');
    const { groups = {} } = new RegExp(`^${pattern}/?$`, 'i').exec(path) ?? {};
    const jobId = parseId(kind, groups.id ?? '');
    if (jobId === undefined) continue;
    const { connectionId, connectionType } = groups;
    const parameters = {
      ...(connectionId && { connectionId }),
      ...(connectionType && { connectionType: connectionType.toLowerCase() }),
    };
    const job = { kind: name, jobId, ...parameters };
    if (wrongParts(job).length === 0) return job;
  }
  return undefined;
}
