import type { ListedRun } from '../imodels/found-runs.ts';
import type { ListSource } from '../imodels/imodel.ts';
import { fieldsOf, parseJson } from '../objects.ts';
import { nextOf } from './extraction.ts';
import { KINDS, parseId } from './kinds.ts';
import { timeOf } from './run-body.ts';

/** One page of the runs of an iModel. */
export interface RunsPage {
  readonly runs: readonly ListedRun[];
  /** What to ask for the next page with; absent when there is none. */
  readonly next?: string;
}

/** How many runs of a page are asked for: upstream may give fewer. */
export const PAGE_SIZE = 100;

/** Where the runs of an iModel are listed, and what one of them tells. */
const LISTS = {
  // [iTwin/insights-client, src/grouping-and-mapping/clients/ExtractionClient.ts]
  'grouping-and-mapping': {
    path: () => '/grouping-and-mapping/datasources/imodel-mappings/extractions',
    query: (iModelId: string) => `?iModelId=${iModelId}&$top=${PAGE_SIZE}`,
    kind: KINDS['grouping-and-mapping-extraction'],
    id: 'id',
    hasStates: true,
  },
  // [iTwin/insights-client, src/reporting, before v0.7.0]
  reporting: {
    path: (iModelId: string) =>
      `/insights/reporting/datasources/imodels/${iModelId}/extraction/history`,
    query: () => `?$top=${PAGE_SIZE}`,
    kind: KINDS['reporting-extraction'],
    id: 'jobId',
    hasStates: false,
  },
} as const;

/**
 * Where a page of the runs of an iModel is (`iModelId`: a UUID in lower case).
 *
 * @param next what the page before said to ask with; undefined: the first page
 */
export function runsUrl(source: ListSource, { origin }: URL, iModelId: string, next?: string): URL {
  const { path, query } = LISTS[source];
  return new URL(`${origin}${path(iModelId)}${next ?? query(iModelId)}`);
}

/**
 * What a page says. Entries that are no runs are left out; a run whose state cannot be read has none,
 * and is asked about by its id.
 *
 * @param asked where the page is from
 * @returns undefined when there is no list of runs, or one that goes on elsewhere
 */
export function parseRuns(
  source: ListSource,
  body: string | undefined,
  asked: URL,
): RunsPage | undefined {
  const { extractions, _links } = fieldsOf(parseJson(body ?? ''));
  if (!Array.isArray(extractions)) return undefined;
  const { hasMore, next } = nextOf(_links, asked);
  if (hasMore && next === undefined) return undefined;
  return {
    runs: extractions.flatMap((entry) => runOf(source, fieldsOf(entry), asked)),
    ...(next !== undefined && { next }),
  };
}

function runOf(
  source: ListSource,
  entry: Readonly<Record<string, unknown>>,
  asked: URL,
): ListedRun[] {
  const { kind, id, hasStates } = LISTS[source];
  const text = entry[id];
  const jobId = typeof text === 'string' ? parseId(kind, text) : undefined;
  if (jobId === undefined) return [];
  const startedAt = timeOf(entry.startedOn);
  const seen = hasStates ? kind.read(entry, kind, asked) : undefined;
  return [
    {
      jobId,
      ...(startedAt !== undefined && { startedAt }),
      ...(seen?.kind === 'Status' && { status: { ...seen, isListed: true as const } }),
    },
  ];
}
